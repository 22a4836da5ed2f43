import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf } from '../input.ts';

/** A float32 is no exact decimal. */
const TOLERANCE_MPS = 0.01;

const LIMITS: readonly [
  name: string,
  wish: (envelope: Readonly<SafetyEnvelope>) => number,
  key: string,
][] = [
  ['MPC_XY_VEL_MAX', ({ maxSpeedMps }) => maxSpeedMps, 'maxSpeedMps'],
  ['MPC_Z_VEL_MAX_UP', ({ maxClimbMps }) => maxClimbMps, 'maxClimbMps'],
  ['MPC_Z_VEL_MAX_DN', ({ maxDescentMps }) => maxDescentMps, 'maxDescentMps'],
];

/** PX4 clamps setpoints without a word: a mission that plans for more comes late everywhere. */
export const speedLimits: Check = {
  needs: [],
  reads: LIMITS.map(([name]) => name),
  find: (input) => {
    const { envelope } = input;
    if (envelope === undefined) return [];
    return LIMITS.flatMap(([name, wish, key]): Finding[] => {
      const limit = valueOf(input, name);
      if (limit === undefined || limit + TOLERANCE_MPS >= wish(envelope)) return [];
      return [
        {
          code: 'speed-clamped',
          severity: 'warn',
          subject: name,
          found: `${numberText(limit)} m/s`,
          wanted: `the mission's limits.${key}, ${numberText(wish(envelope))} m/s`,
          remedy: `Lower limits.${key} in the mission to what the vehicle is tuned for.`,
          fix: [],
        },
      ];
    });
  },
};
