import type { GraphBuilder, Value } from './graph/builder.ts';
import * as op from './graph/elementwise.ts';
import { concat, reshape, slice, split } from './graph/layout.ts';
import { matmul } from './graph/linear.ts';
import { placeLevelTurn } from './level-turn.ts';
import type { DynamicsStep } from './model.ts';
import { CHANGES, FEATURES } from './parameter-layout.ts';
import type { ParameterName } from './parameter-layout.ts';
import { HISTORY_STEPS, OBSERVATION, OBSERVATION_SIZE, STEP_S } from './spaces.ts';

/** What the training data looked like; part of the release. */
export interface Normalisation {
  /** Mean and standard deviation of each observation column (OBSERVATION_SIZE numbers). */
  readonly observationMean: readonly number[];
  readonly observationDeviation: readonly number[];
  /**
   * Standard deviation of what changes in one step: velocity in level body (ahead, right, down),
   * yaw rate, tilt (ahead, right), thrust.
   */
  readonly changeDeviation: readonly number[];
}

/** A parameter block as [members, inputs, outputs]. */
export type Weights = (name: ParameterName) => Value;

/** The learned dynamics in a graph: rows of histories and states, one set per member. */
export interface Network {
  /** [M, B, L·O] or [1, B, L·O] → [M, B, C]. */
  encode(histories: Value): Value;
  /** As PlacedModel.step; context [M, 1, C] or [M, N, C]. */
  step(state: Value, action: Value, context: Value): DynamicsStep;
}

/** Bounds of one step's standard deviation, m/s: below lies numerical noise, above no multirotor goes in 0.1 s. */
export const LEAST_DEVIATION_MPS = 0.004;
export const GREATEST_DEVIATION_MPS = 1;

/** What the network makes of the level quantities (see level-turn.ts) before it reads them: quantity · scale + shift. */
export const featureScale = (
  normalisation: Normalisation,
): { scale: number[]; shift: number[] } => {
  const { observationMean: mean, observationDeviation: deviation } = normalisation;
  const { velocity, rates, tilt, thrust } = OBSERVATION;
  const motion = [velocity, velocity + 1, velocity + 2, rates + 2];
  const columns = [...motion, ...motion, tilt, tilt + 1, thrust];
  const scale = columns.map((column) => 1 / deviation[column]!);
  // Only thrust has a mean worth removing: the others are symmetric about zero by nature.
  const shift = columns.map((column, index) =>
    column === thrust ? -mean[column]! * scale[index]! : 0,
  );
  return { scale, shift };
};

/** low ≤ result ≤ high, smooth at both ends so that the gradient never dies (Chua et al. 2018, A.1). */
const softBound = (x: Value, low: number, high: number): Value => {
  const below = op.subtract(high, op.softplus(op.subtract(high, x)));
  return op.add(op.softplus(op.subtract(below, low)), low);
};

/** Log standard deviations as the network says them → log variances inside plausible bounds. */
export const boundedLogVariance = (spread: Value): Value =>
  softBound(
    op.multiply(spread, 2),
    2 * Math.log(LEAST_DEVIATION_MPS),
    2 * Math.log(GREATEST_DEVIATION_MPS),
  );

/**
 * Physics step plus learned residual. First order towards the setpoint on each axis,
 * Δ = (1 − e^(−rate·Δt)) · (gain·setpoint − value), and on top of it what the network has learned: drag, wind, tilt limits,
 * integrators. The context enters the first layer as a bias, so that within a rollout it costs nothing.
 */
export const placeNetwork = (
  graph: GraphBuilder,
  normalisation: Normalisation,
  weights: Weights,
): Network => {
  const turn = placeLevelTurn(graph);
  const { scale, shift } = featureScale(normalisation);
  const inverse = normalisation.observationDeviation.map((deviation) => 1 / deviation);
  const observationScale = graph.constant(inverse, [OBSERVATION_SIZE]);
  const observationMean = graph.constant(normalisation.observationMean, [OBSERVATION_SIZE]);
  const scaleOfFeatures = graph.constant(scale, [FEATURES]);
  const shiftOfFeatures = graph.constant(shift, [FEATURES]);
  const changeScale = graph.constant(normalisation.changeDeviation, [CHANGES]);
  const currentMean = normalisation.observationMean[OBSERVATION.current]!;
  const currentDeviation = normalisation.observationDeviation[OBSERVATION.current]!;
  const share = op.subtract(1, op.exp(op.multiply(op.softplus(weights('physicsRate')), -STEP_S)));
  const towardsError = op.multiply(share, weights('physicsGain'));
  const towardsValue = op.multiply(share, op.subtract(weights('physicsGain'), 1));
  const dense = (x: Value, name: 'encoder1' | 'encoder2' | 'hidden2' | 'output'): Value =>
    op.add(matmul(x, weights(`${name}Weights`)), weights(`${name}Bias`));

  return {
    encode: (histories) => {
      const [members, rows] = histories.shape;
      const columns = [members!, rows!, HISTORY_STEPS, OBSERVATION_SIZE];
      const centred = op.subtract(reshape(histories, columns), observationMean);
      const normal = reshape(op.multiply(centred, observationScale), histories.shape);
      return op.tanh(dense(op.relu(dense(normal, 'encoder1')), 'encoder2'));
    },
    step: (state, action, context) => {
      const level = turn.toLevel(state, action);
      const [value, error] = split(slice(level.quantities, 2, 0, 8), 2, [4, 4]);
      const features = op.add(op.multiply(level.quantities, scaleOfFeatures), shiftOfFeatures);
      const bias = op.add(matmul(context, weights('hidden1Context')), weights('hidden1Bias'));
      const hidden = op.relu(op.add(matmul(features, weights('hidden1Weights')), bias));
      const output = dense(op.relu(dense(hidden, 'hidden2')), 'output');
      const [learned, spread, current] = split(output, 2, [CHANGES, 3, 1]);
      const physics = op.add(op.multiply(error!, towardsError), op.multiply(value!, towardsValue));
      const [moved, leaned] = split(op.multiply(learned!, changeScale), 2, [4, 3]);
      const changes = concat([op.add(moved!, physics), leaned!], 2);
      return {
        state: turn.advance(state, changes, level),
        logVariance: boundedLogVariance(spread!),
        currentA: op.add(op.multiply(current!, currentDeviation), currentMean),
      };
    },
  };
};
