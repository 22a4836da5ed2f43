import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { VehicleSnapshot } from '../input.ts';

/** ESTIMATOR_STATUS comes once a second. */
const GREATEST_AGE_MS = 5000;

/** One standard deviations; beyond, homes 10 m apart cannot be told apart. */
const VAGUEST_HORIZONTAL_M = 2;
const VAGUEST_VERTICAL_M = 3;

/** ESTIMATOR_STATUS_FLAGS that must be set, and those that must not. */
const REQUIRED: readonly [bit: number, name: string][] = [
  [1, 'attitude'],
  [2, 'horizontal velocity'],
  [4, 'vertical velocity'],
  [16, 'absolute horizontal position'],
  [32, 'absolute height'],
];
const FORBIDDEN: readonly [bit: number, name: string][] = [
  [128, 'constant position assumed'],
  [1024, 'GPS glitch'],
  [2048, 'accelerometer error'],
];

const refusal = (code: string, found: string, wanted: string, remedy: string): Finding => ({
  code,
  severity: 'refuse',
  subject: 'ESTIMATOR_STATUS',
  found,
  wanted,
  remedy,
  fix: [],
});

const WAIT =
  'Wait until the estimator has aligned (up to 40 s), in the open and without moving it.';

const metresText = (metres: number): string => (metres >= 0 ? `${metres.toFixed(1)} m` : 'unsaid');

/** PX4's estimator knows where it is, well enough to fly among others. */
export const estimator: Check = {
  needs: [],
  find: ({ vehicle }) => (vehicle === undefined ? [] : findingsOf(vehicle)),
};

const findingsOf = (vehicle: Readonly<VehicleSnapshot>): Finding[] => {
  if (!(vehicle.estimatorAgeMs <= GREATEST_AGE_MS)) {
    return [refusal('estimator-silent', 'not heard', 'one every second', WAIT)];
  }
  const flags = vehicle.estimatorFlags;
  const lacking = REQUIRED.filter(([bit]) => (flags & bit) === 0).map(([, name]) => name);
  if (lacking.length > 0) {
    return [refusal('estimator-not-aligned', `no ${lacking.join(', ')}`, 'all of them', WAIT)];
  }
  const findings: Finding[] = [];
  const faults = FORBIDDEN.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  if (faults.length > 0) {
    const remedy = 'Move away from metal and radio sources, and calibrate if it stays.';
    findings.push(refusal('estimator-fault', faults.join(', '), 'none', remedy));
  }
  const { horizontalStdM, verticalStdM } = vehicle;
  // An estimator that speaks, and says no number, knows none.
  if (!(horizontalStdM <= VAGUEST_HORIZONTAL_M && verticalStdM <= VAGUEST_VERTICAL_M)) {
    const found = `${metresText(horizontalStdM)} across, ${metresText(verticalStdM)} in height`;
    const wanted = `${VAGUEST_HORIZONTAL_M} m and ${VAGUEST_VERTICAL_M} m at most`;
    findings.push(refusal('estimator-vague', found, wanted, WAIT));
  }
  return findings;
};
