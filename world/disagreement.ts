import { subtract, square, sqrt } from './graph/elementwise.ts';
import type { Value } from './graph/builder.ts';
import { slice } from './graph/layout.ts';
import { reduceMean } from './graph/reduce.ts';
import { STATE } from './spaces.ts';

/** Steps over which a rollout's disagreement is averaged: one second, the time in which a vehicle answers a setpoint. */
export const DISAGREEMENT_STEPS = 10;

/**
 * How far the members of an ensemble disagree about one step of the same rollouts: state [M, N, S] → [N], m/s.
 * Root of the members' variance of the NED velocity, averaged over the three axes.
 * A rollout's disagreement is the mean of this over its first {@link DISAGREEMENT_STEPS} steps; a release's
 * threshold is stated for that mean, taken on the action sequence that is about to be flown. Zero for a model of one member.
 */
export const stepDisagreement = (state: Value): Value => {
  const velocity = slice(state, 2, STATE.velocity, STATE.velocity + 3);
  const deviation = subtract(velocity, reduceMean(velocity, [0], true));
  return sqrt(reduceMean(square(deviation), [0, 2]));
};
