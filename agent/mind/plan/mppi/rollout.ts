import type { GraphBuilder, Value } from '#world/graph/builder.ts';
import * as op from '#world/graph/elementwise.ts';
import { expand, gather, reshape, slice } from '#world/graph/layout.ts';
import { loop } from '#world/graph/loop.ts';
import { stepDisagreement } from '#world/disagreement.ts';
import type { DynamicsStep, PlacedModel } from '#world/model.ts';
import { STATE, STATE_SIZE } from '#world/spaces.ts';

/** What every rollout of one plan starts from. */
export interface RolloutStart {
  model: PlacedModel;
  context: Value | undefined;
  /** [1, 1, S]. */
  state: Value;
}

/** The same sequences on every member: N = M · n. */
export interface SharedRollout {
  /** [H, N, 6]: position (m), velocity (m/s). */
  motion: Value;
  /** [H, N, 3], (m/s)²: variance that each step adds to the velocity. */
  variances: Value;
  /** [H, n], m/s: how far the members disagree. */
  disagreement: Value;
}

/** Position and velocity stand side by side in a state. */
const MOTION_SIZE = STATE.velocity + 3;

/** Scans of the loop: position and velocity, then whatever `watch` makes of each step. */
const roll = (
  graph: GraphBuilder,
  start: RolloutStart,
  actions: Value,
  watch: (step: DynamicsStep) => Value[],
): Value[] => {
  const [steps = 0, members = 0, each = 0] = actions.shape;
  const state = expand(start.state, [members, each, STATE_SIZE]);
  const { scans } = loop(graph, steps, [state], (_scope, turn, [now]) => {
    const step = start.model.step(now!, gather(actions, turn, 0), start.context);
    const motion = slice(step.state, 2, 0, MOTION_SIZE);
    return { carried: [step.state], scans: [motion, ...watch(step)] };
  });
  return scans;
};

/** [H, M, n, size] → [H, N, size]. */
const flat = (value: Value): Value => {
  const [steps = 0, members = 0, each = 0, size = 0] = value.shape;
  return reshape(value, [steps, members * each, size]);
};

/**
 * Rolls sequences out through the model: one ONNX Loop over the horizon, the dynamics and nothing else inside, since each
 * node there runs H times. `actions` is [H, M, n, A]; member m rolls out its own n sequences.
 */
export const rollOut = (graph: GraphBuilder, start: RolloutStart, actions: Value): Value => {
  const [motion] = roll(graph, start, actions, () => []);
  return flat(motion!);
};

/** As {@link rollOut}, for the same n sequences on every member: what they say about each other comes with it. */
export const rollOutShared = (
  graph: GraphBuilder,
  start: RolloutStart,
  actions: Value,
): SharedRollout => {
  const [motion, logVariances, disagreement] = roll(graph, start, actions, (step) => [
    step.logVariance,
    stepDisagreement(step.state),
  ]);
  return {
    motion: flat(motion!),
    variances: op.exp(flat(logVariances!)),
    disagreement: disagreement!,
  };
};
