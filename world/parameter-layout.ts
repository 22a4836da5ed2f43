import type { Random } from '#protocols/random.ts';
import { assert } from '#protocols/fault.ts';
import { HISTORY_STEPS, OBSERVATION_SIZE } from './spaces.ts';

/** Members of the ensemble: five is where PETS (Chua et al. 2018) saw the gain level off. */
export const MEMBERS = 5;

/** Numbers in the context that the encoder makes of the history. */
export const CONTEXT_SIZE = 12;

const ENCODER_WIDTH = 64;
const WIDTH = 64;

/** What the dynamics network reads beside the context: the level quantities of `level-turn.ts`. */
export const FEATURES = 11;

/** Changes per step that it predicts: velocity (3), yaw rate, tilt (2), thrust. */
export const CHANGES = 7;

/** Beside the changes: log standard deviations of the velocity (3) and the battery current. */
const OUTPUTS = CHANGES + 3 + 1;

/** Axes with a first-order physics step: velocity ahead, right, down, and yaw rate. */
const PHYSICS_AXES = 4;

interface Declaration {
  /** Per member: [inputs, outputs]. */
  readonly shape: readonly [number, number];
  /** `glorot`: normal with variance 2/(in + out); a number: that constant for all entries. */
  readonly start: 'glorot' | number;
}

/** softplus⁻¹ of the rate: a multirotor answers a velocity setpoint within about half a second. */
const START_RATE = Math.log(Math.expm1(2));

const DECLARATIONS = {
  encoder1Weights: { shape: [HISTORY_STEPS * OBSERVATION_SIZE, ENCODER_WIDTH], start: 'glorot' },
  encoder1Bias: { shape: [1, ENCODER_WIDTH], start: 0 },
  encoder2Weights: { shape: [ENCODER_WIDTH, CONTEXT_SIZE], start: 'glorot' },
  encoder2Bias: { shape: [1, CONTEXT_SIZE], start: 0 },
  hidden1Weights: { shape: [FEATURES, WIDTH], start: 'glorot' },
  hidden1Context: { shape: [CONTEXT_SIZE, WIDTH], start: 'glorot' },
  hidden1Bias: { shape: [1, WIDTH], start: 0 },
  hidden2Weights: { shape: [WIDTH, WIDTH], start: 'glorot' },
  hidden2Bias: { shape: [1, WIDTH], start: 0 },
  outputWeights: { shape: [WIDTH, OUTPUTS], start: 'glorot' },
  outputBias: { shape: [1, OUTPUTS], start: 0 },
  physicsRate: { shape: [1, PHYSICS_AXES], start: START_RATE },
  physicsGain: { shape: [1, PHYSICS_AXES], start: 1 },
} as const satisfies Record<string, Declaration>;

export type ParameterName = keyof typeof DECLARATIONS;

export interface ParameterBlock {
  readonly name: ParameterName;
  /** [members, inputs, outputs]. */
  readonly shape: readonly [number, number, number];
  /** Where the block starts in the flat vector of all parameters. */
  readonly offset: number;
  readonly length: number;
}

const layOut = (): ParameterBlock[] => {
  let offset = 0;
  return Object.entries(DECLARATIONS).map(([name, { shape }]) => {
    const length = MEMBERS * shape[0] * shape[1];
    offset += length;
    return {
      name: name as ParameterName,
      shape: [MEMBERS, shape[0], shape[1]],
      offset: offset - length,
      length,
    };
  });
};

/** Every parameter's place in the one flat float32 vector that is trained, stored and signed. */
export const PARAMETER_BLOCKS: readonly ParameterBlock[] = layOut();

export const PARAMETER_COUNT = PARAMETER_BLOCKS.reduce((sum, block) => sum + block.length, 0);

/**
 * Starting parameters (Glorot and Bengio 2010). Members differ by their draws, the output layer's included: where no data
 * pulls them together they stay apart, which is what makes them disagree about the unknown.
 */
export const initialParameters = (random: Random): Float32Array => {
  const parameters = new Float32Array(PARAMETER_COUNT);
  for (const { name, shape, offset, length } of PARAMETER_BLOCKS) {
    const { start }: Declaration = DECLARATIONS[name];
    const deviation = Math.sqrt(2 / (shape[1] + shape[2]));
    for (let index = 0; index < length; index += 1) {
      parameters[offset + index] = typeof start === 'number' ? start : deviation * random.normal();
    }
  }
  return parameters;
};

export const parameterBlock = (name: ParameterName): ParameterBlock => {
  const block = PARAMETER_BLOCKS.find((candidate) => candidate.name === name);
  assert(block !== undefined, `parameter ${name} is laid out`);
  return block;
};
