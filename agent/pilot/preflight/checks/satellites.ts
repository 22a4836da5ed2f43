import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

const GREATEST_AGE_MS = 5000;

/** GPS_FIX_TYPE_3D_FIX. */
const FIX_3D = 3;

/** As PX4 asks of its receiver by default: EKF2_REQ_NSATS and EKF2_REQ_EPH. */
const LEAST_SATELLITES = 6;
const VAGUEST_M = 3;

const refusal = (code: string, found: string, wanted: string): Finding => ({
  code,
  severity: 'refuse',
  subject: 'GPS_RAW_INT',
  found,
  wanted,
  remedy: 'Go where the sky is open, wait, and look at the antenna and its cable.',
  fix: [],
});

/** The receiver itself: a 3D fix from enough satellites. */
export const satellites: Check = {
  needs: [],
  find: ({ vehicle }) => {
    if (vehicle === undefined) return [];
    if (!(vehicle.gpsAgeMs <= GREATEST_AGE_MS)) {
      return [refusal('gps-silent', 'not heard', 'one every second')];
    }
    if (vehicle.gpsFixType < FIX_3D) {
      return [refusal('gps-no-fix', `fix type ${vehicle.gpsFixType}`, '3: a 3D fix')];
    }
    const findings: Finding[] = [];
    if (vehicle.satellites < LEAST_SATELLITES) {
      const wanted = `at least ${LEAST_SATELLITES}`;
      findings.push(refusal('gps-few-satellites', `${vehicle.satellites} satellites`, wanted));
    }
    if (vehicle.gpsStdM > VAGUEST_M) {
      const found = `${vehicle.gpsStdM.toFixed(1)} m`;
      findings.push(refusal('gps-vague', found, `${VAGUEST_M} m or better`));
    }
    return findings;
  },
};
