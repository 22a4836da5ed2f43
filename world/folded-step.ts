import type { GraphBuilder, Value } from './graph/builder.ts';
import * as op from './graph/elementwise.ts';
import { concat, split } from './graph/layout.ts';
import { matmul } from './graph/linear.ts';
import { placeLevelTurn } from './level-turn.ts';
import type { DynamicsStep } from './model.ts';
import { boundedLogVariance, featureScale } from './network.ts';
import type { Normalisation } from './network.ts';
import { CHANGES, CONTEXT_SIZE, FEATURES, MEMBERS, parameterBlock } from './parameter-layout.ts';
import type { ParameterName } from './parameter-layout.ts';
import { OBSERVATION, STEP_S } from './spaces.ts';

/** Log standard deviations of the velocity, after the changes among the network's outputs; the current is the last. */
const SPREADS = 3;

/** Axes of the physics step: velocity ahead, right, down, yaw rate; their errors follow them among the quantities. */
const PHYSICS_AXES = 4;

/** One member's parameter block, [inputs × outputs]. */
type Block = (name: ParameterName) => Float32Array;

const memberBlocks =
  (parameters: Float32Array, member: number): Block =>
  (name) => {
    const { offset, length } = parameterBlock(name);
    const size = length / MEMBERS;
    return parameters.subarray(offset + member * size, offset + (member + 1) * size);
  };

/** First layer with the scaling of its inputs inside. */
const foldFirst = (
  block: Block,
  width: number,
  { scale, shift }: { scale: number[]; shift: number[] },
): { weights: Float64Array; bias: Float64Array } => {
  const given = block('hidden1Weights');
  const weights = new Float64Array(FEATURES * width);
  const bias = Float64Array.from(block('hidden1Bias'));
  for (let row = 0; row < FEATURES; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const weight = given[row * width + column]!;
      weights[row * width + column] = weight * scale[row]!;
      bias[column] = bias[column]! + weight * shift[row]!;
    }
  }
  return { weights, bias };
};

/** What each output is multiplied by and what is added: changes, log deviations, current. */
const outputScale = (
  normalisation: Normalisation,
  outputs: number,
): { scale: number[]; shift: number[] } => {
  const current = outputs - 1;
  const scaleOf = (column: number): number => {
    if (column < CHANGES) return normalisation.changeDeviation[column]!;
    return column === current ? normalisation.observationDeviation[OBSERVATION.current]! : 1;
  };
  const scale = Array.from({ length: outputs }, (_, column) => scaleOf(column));
  const shift = scale.map((_, column) =>
    column === current ? normalisation.observationMean[OBSERVATION.current]! : 0,
  );
  return { scale, shift };
};

/** Last layer over (hidden, level quantities): the scaling of its outputs and the physics step inside. */
const foldLast = (
  block: Block,
  width: number,
  { scale, shift }: { scale: number[]; shift: number[] },
): { weights: Float64Array; bias: Float64Array } => {
  const outputs = scale.length;
  const given = block('outputWeights');
  const weights = new Float64Array((width + FEATURES) * outputs);
  for (let index = 0; index < width * outputs; index += 1) {
    weights[index] = given[index]! * scale[index % outputs]!;
  }
  const rate = block('physicsRate');
  const gain = block('physicsGain');
  for (let axis = 0; axis < PHYSICS_AXES; axis += 1) {
    const share = 1 - Math.exp(-STEP_S * Math.log1p(Math.exp(rate[axis]!)));
    weights[(width + axis) * outputs + axis] = share * (gain[axis]! - 1);
    weights[(width + PHYSICS_AXES + axis) * outputs + axis] = share * gain[axis]!;
  }
  const bias = Float64Array.from(
    block('outputBias'),
    (value, column) => value * scale[column]! + shift[column]!,
  );
  return { weights, bias };
};

/**
 * The step of network.ts for fixed weights, a third cheaper: what is linear around a layer (scaling of inputs and outputs,
 * the physics step) is multiplied into its weights once, since in a planner's loop each node costs more than its numbers.
 */
export const foldedStep = (
  graph: GraphBuilder,
  normalisation: Normalisation,
  parameters: Float32Array,
): ((state: Value, action: Value, context: Value) => DynamicsStep) => {
  const [, , width] = parameterBlock('hidden1Weights').shape;
  const [, , outputs] = parameterBlock('outputWeights').shape;
  const members = Array.from({ length: MEMBERS }, (_, member) => memberBlocks(parameters, member));
  const features = featureScale(normalisation);
  const first = members.map((block) => foldFirst(block, width, features));
  const last = members.map((block) => foldLast(block, width, outputScale(normalisation, outputs)));
  const stacked = (parts: readonly ArrayLike<number>[], inputs: number, size: number): Value =>
    graph.constant(
      parts.flatMap((part) => Array.from(part)),
      [MEMBERS, inputs, size],
    );
  const given = (name: ParameterName, inputs: number): Value =>
    stacked(
      members.map((block) => block(name)),
      inputs,
      width,
    );
  const turn = placeLevelTurn(graph);
  const weights1 = stacked(
    first.map(({ weights }) => weights),
    FEATURES,
    width,
  );
  const bias1 = stacked(
    first.map(({ bias }) => bias),
    1,
    width,
  );
  const context1 = given('hidden1Context', CONTEXT_SIZE);
  const weights2 = given('hidden2Weights', width);
  const bias2 = given('hidden2Bias', 1);
  const weights3 = stacked(
    last.map(({ weights }) => weights),
    width + FEATURES,
    outputs,
  );
  const bias3 = stacked(
    last.map(({ bias }) => bias),
    1,
    outputs,
  );
  return (state, action, context) => {
    const level = turn.toLevel(state, action);
    const bias = op.add(matmul(context, context1), bias1);
    const hidden1 = op.relu(op.add(matmul(level.quantities, weights1), bias));
    const hidden2 = op.relu(op.add(matmul(hidden1, weights2), bias2));
    const output = op.add(matmul(concat([hidden2, level.quantities], 2), weights3), bias3);
    const [changes, spread, current] = split(output, 2, [CHANGES, SPREADS, 1]);
    return {
      state: turn.advance(state, changes!, level),
      logVariance: boundedLogVariance(spread!),
      currentA: current,
    };
  };
};
