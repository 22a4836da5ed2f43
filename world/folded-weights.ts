import { featureScale } from './network.ts';
import type { Normalisation } from './network.ts';
import { CHANGES, FEATURES, MEMBERS, parameterBlock } from './parameter-layout.ts';
import type { ParameterName } from './parameter-layout.ts';
import { OBSERVATION, STEP_S } from './spaces.ts';

/** Axes of the physics step: velocity ahead, right, down, yaw rate; their errors follow them among the quantities. */
const PHYSICS_AXES = 4;

/** One member's parameter block, [inputs × outputs]. */
type Block = (name: ParameterName) => Float32Array;

export const memberBlocks =
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

/** A layer, [inputs × outputs] and [outputs]. */
export interface FoldedLayer {
  readonly weights: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** One member's layers for fixed weights. */
export interface FoldedMember {
  /** What the context adds to the first layer's biases, [CONTEXT_SIZE × width]. */
  readonly context: Float32Array;
  /** Over the level quantities as they are. */
  readonly first: FoldedLayer;
  readonly second: FoldedLayer;
  /** Over (second hidden layer, level quantities): changes of the level quantities, log deviations, current, all in their units. */
  readonly last: FoldedLayer;
}

/**
 * The layers of network.ts with what is linear around them (scaling of inputs and outputs, the physics step) multiplied into
 * their weights.
 */
export const foldedMembers = (
  normalisation: Normalisation,
  parameters: Float32Array,
): FoldedMember[] => {
  const [, , width] = parameterBlock('hidden1Weights').shape;
  const [, , outputs] = parameterBlock('outputWeights').shape;
  const features = featureScale(normalisation);
  return Array.from({ length: MEMBERS }, (_, member) => {
    const block = memberBlocks(parameters, member);
    return {
      context: block('hidden1Context'),
      first: foldFirst(block, width, features),
      second: { weights: block('hidden2Weights'), bias: block('hidden2Bias') },
      last: foldLast(block, width, outputScale(normalisation, outputs)),
    };
  });
};
