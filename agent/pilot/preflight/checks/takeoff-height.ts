import type { Check } from '../check.ts';
import { numberText } from '../finding.ts';
import { valueOf } from '../input.ts';

const TOLERANCE_M = 0.25;

/** PX4 climbs to its own parameter, not to a height that the command names. */
export const takeoffHeight: Check = {
  needs: ['MIS_TAKEOFF_ALT'],
  find: (input) => {
    const value = valueOf(input, 'MIS_TAKEOFF_ALT');
    const wantedM = input.takeoffHeightM;
    if (value === undefined || wantedM === undefined) return [];
    if (Math.abs(value - wantedM) <= TOLERANCE_M) return [];
    return [
      {
        code: 'takeoff-height-differs',
        severity: 'refuse',
        subject: 'MIS_TAKEOFF_ALT',
        found: `${numberText(value)} m`,
        wanted: `${numberText(wantedM)} m, as the mission says`,
        remedy: `Set MIS_TAKEOFF_ALT to ${numberText(wantedM)}.`,
        fix: [{ name: 'MIS_TAKEOFF_ALT', value: Math.fround(wantedM) }],
      },
    ];
  },
};
