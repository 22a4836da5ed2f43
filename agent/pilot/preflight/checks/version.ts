import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** MAV_AUTOPILOT. */
const ARDUPILOT = 3;
const PX4 = 12;

/** major * 100 + minor: what was measured, and what has the parameters and modes that are used here. */
const OLDEST = 114;
const FIRST_TESTED = 115;
const LAST_TESTED = 118;

/** FIRMWARE_VERSION_TYPE_OFFICIAL. */
const OFFICIAL = 255;

const finding = (
  code: string,
  severity: Finding['severity'],
  found: string,
  wanted: string,
  remedy: string,
): Finding => ({ code, severity, subject: 'AUTOPILOT_VERSION', found, wanted, remedy, fix: [] });

/** PX4, of a version whose behaviour is known. */
export const version: Check = {
  needs: [],
  find: ({ version: said, simulated }) => {
    if (said === undefined) return [];
    if (said.autopilot !== PX4) return [stranger(said.autopilot)];
    if (said.flightSwVersion === 0) {
      const remedy = 'Run the check again; a vehicle that never says its version is not flown.';
      return [finding('version-unknown', 'refuse', 'not said', 'PX4 1.15 to 1.18', remedy)];
    }
    return versionFindings(said.flightSwVersion, simulated);
  },
};

const stranger = (autopilot: number): Finding => ({
  ...finding(
    'not-px4',
    'refuse',
    autopilot === ARDUPILOT ? 'ArduPilot' : `MAV_AUTOPILOT ${autopilot}`,
    'PX4',
    'Fly PX4: OFFBOARD with its loss failsafe (COM_OBL_RC_ACT), its modes and its parameters are missing here.',
  ),
  subject: 'HEARTBEAT',
});

const versionFindings = (flightSwVersion: number, simulated: boolean): Finding[] => {
  const major = flightSwVersion >>> 24;
  const minor = (flightSwVersion >>> 16) & 0xff;
  const patch = (flightSwVersion >>> 8) & 0xff;
  const text = `PX4 ${major}.${minor}.${patch}`;
  const number = major * 100 + minor;
  const wanted = 'PX4 1.15 to 1.18';
  if (number < OLDEST) {
    return [finding('version-too-old', 'refuse', text, wanted, 'Flash a newer PX4.')];
  }
  const findings: Finding[] = [];
  if (number < FIRST_TESTED || number > LAST_TESTED) {
    const remedy = 'Repeat the bench test (docs/bench-test.md) with this version before flying it.';
    findings.push(finding('version-untested', 'warn', text, wanted, remedy));
  }
  if ((flightSwVersion & 0xff) !== OFFICIAL && !simulated) {
    const remedy = 'Know what was changed in this build, or flash a release.';
    findings.push(finding('version-custom', 'warn', `${text}, no release build`, wanted, remedy));
  }
  return findings;
};
