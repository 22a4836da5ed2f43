import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** EKF2_GPS_CTRL bits 0 (longitude, latitude) and 2 (velocity). */
const POSITION_BIT = 1;
const VELOCITY_BIT = 4;
const ALL_GPS = 7;

/** EKF2_HGT_REF: 0 barometer, 1 GPS. */
const GPS_HEIGHT = 1;

/**
 * A swarm shares one frame, and only satellites put a vehicle into it: every vehicle's estimator has an
 * origin of its own. Heights over ground or a camera's origin are nobody else's heights.
 */
export const estimatorSources: Check = {
  needs: ['EKF2_GPS_CTRL'],
  reads: ['EKF2_HGT_REF'],
  find: (input) => [...satellitesOf(input), ...heightOf(input)],
};

const satellitesOf = (input: PreflightInput): Finding[] => {
  const control = valueOf(input, 'EKF2_GPS_CTRL');
  if (control === undefined || (control & POSITION_BIT && control & VELOCITY_BIT)) return [];
  return [
    {
      code: 'estimator-without-gps',
      severity: 'refuse',
      subject: 'EKF2_GPS_CTRL',
      found: String(control),
      wanted: 'bits 0 and 2: position and velocity from satellites',
      remedy: `Set EKF2_GPS_CTRL to ${ALL_GPS}.`,
      fix: [{ name: 'EKF2_GPS_CTRL', value: ALL_GPS }],
    },
  ];
};

const heightOf = (input: PreflightInput): Finding[] => {
  const reference = valueOf(input, 'EKF2_HGT_REF');
  if (reference === undefined || reference === 0 || reference === GPS_HEIGHT) return [];
  return [
    {
      code: 'estimator-height-reference',
      severity: 'refuse',
      subject: 'EKF2_HGT_REF',
      found: String(reference),
      wanted: '1 (GPS) or 0 (barometer): heights that all drones share',
      remedy: 'Set EKF2_HGT_REF to 1.',
      fix: [{ name: 'EKF2_HGT_REF', value: GPS_HEIGHT }],
    },
  ];
};
