import { brakingOf } from '../../guard/stopping.ts';
import type { Check } from '../check.ts';
import { numberText } from '../finding.ts';
import { valueOf } from '../input.ts';

/** A float32 is no exact decimal. */
const TOLERANCE_MPS2 = 0.01;

/** When the companion dies PX4 brakes by its own parameter: no softer than the guard reckons with. */
export const braking: Check = {
  needs: ['MPC_ACC_HOR'],
  find: (input) => {
    const value = valueOf(input, 'MPC_ACC_HOR');
    if (value === undefined || input.envelope === undefined) return [];
    const assumed = brakingOf(input.envelope.maxAccelerationMps2);
    if (value + TOLERANCE_MPS2 >= assumed) return [];
    return [
      {
        code: 'brakes-too-softly',
        severity: 'refuse',
        subject: 'MPC_ACC_HOR',
        found: `${numberText(value)} m/s2`,
        wanted: `at least ${numberText(assumed)} m/s2, with which the guard reckons`,
        remedy: "Lower the mission's limits.maxAccelerationMps2 to it, or retune the vehicle.",
        fix: [],
      },
    ];
  },
};
