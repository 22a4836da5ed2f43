import type { Normalisation } from '#world/network.ts';
import {
  CHANGES,
  CONTEXT_SIZE,
  FEATURES,
  MEMBERS,
  PARAMETER_BLOCKS,
  type ParameterName,
} from '#world/parameter-layout.ts';
import { ACTION_SIZE, OBSERVATION, STATE, STATE_SIZE, STEP_S } from '#world/spaces.ts';

/**
 * The learned dynamics once more, as loops over typed arrays: what the planner's graph is compared with. The same
 * arithmetic as world/network.ts and world/level-turn.ts, written apart, which also makes it their check.
 */
export class PlainEnsemble {
  /** Multiplications and additions of one step of one rollout. */
  readonly flopsPerStep: number;
  readonly #parameters: Float32Array;
  readonly #changeScale: readonly number[];
  readonly #scale = new Float64Array(FEATURES);
  readonly #shift = new Float64Array(FEATURES);
  readonly #width: number;
  readonly #outputs: number;
  readonly #bias1: Float32Array;
  readonly #keep = new Float64Array(4);
  readonly #gain = new Float64Array(4);
  readonly #quantities = new Float64Array(FEATURES);
  readonly #hidden1: Float32Array;
  readonly #hidden2: Float32Array;
  readonly #output: Float32Array;

  /** @param context [MEMBERS × CONTEXT_SIZE], as the encoder made it. */
  constructor(parameters: Float32Array, normalisation: Normalisation, context: Float32Array) {
    this.#parameters = parameters;
    this.#changeScale = normalisation.changeDeviation;
    this.#width = blockOf('hidden2Weights').shape[1];
    this.#outputs = blockOf('outputWeights').shape[2];
    this.#hidden1 = new Float32Array(this.#width);
    this.#hidden2 = new Float32Array(this.#width);
    this.#output = new Float32Array(this.#outputs);
    this.#scaleFeatures(normalisation);
    this.#bias1 = new Float32Array(MEMBERS * this.#width);
    for (let member = 0; member < MEMBERS; member += 1) this.#placeContext(member, context);
    this.flopsPerStep = 2 * this.#width * (FEATURES + this.#width + this.#outputs);
  }

  #scaleFeatures({ observationMean, observationDeviation }: Normalisation): void {
    const { velocity, rates, tilt, thrust } = OBSERVATION;
    const motion = [velocity, velocity + 1, velocity + 2, rates + 2];
    for (const [index, column] of [...motion, ...motion, tilt, tilt + 1, thrust].entries()) {
      this.#scale[index] = 1 / observationDeviation[column]!;
      if (column === thrust) this.#shift[index] = -observationMean[column]! * this.#scale[index]!;
    }
  }

  #placeContext(member: number, context: Float32Array): void {
    const weights = this.#block('hidden1Context', member);
    const bias = this.#block('hidden1Bias', member);
    const out = this.#bias1.subarray(member * this.#width, (member + 1) * this.#width);
    out.set(bias);
    for (let row = 0; row < CONTEXT_SIZE; row += 1) {
      const value = context[member * CONTEXT_SIZE + row]!;
      for (let column = 0; column < this.#width; column += 1) {
        out[column] = out[column]! + value * weights[row * this.#width + column]!;
      }
    }
  }

  #block(name: ParameterName, member: number): Float32Array {
    const { offset, length } = blockOf(name);
    const size = length / MEMBERS;
    return this.#parameters.subarray(offset + member * size, offset + (member + 1) * size);
  }

  /**
   * Rolls every sequence out on its member, in place.
   * @param states [N × STATE_SIZE], member after member. @param actions [H × N × ACTION_SIZE].
   */
  rollOut(states: Float32Array, actions: Float32Array, steps: number): void {
    const sequences = states.length / STATE_SIZE;
    const each = sequences / MEMBERS;
    for (let member = 0; member < MEMBERS; member += 1) {
      const layers = this.#layersOf(member);
      for (let step = 0; step < steps; step += 1) {
        for (let sequence = member * each; sequence < (member + 1) * each; sequence += 1) {
          const action = (step * sequences + sequence) * ACTION_SIZE;
          this.#step(states, sequence * STATE_SIZE, actions, action, layers);
        }
      }
    }
  }

  #layersOf(member: number): Layers {
    const rates = this.#block('physicsRate', member);
    const gains = this.#block('physicsGain', member);
    for (let axis = 0; axis < 4; axis += 1) {
      this.#keep[axis] = 1 - Math.exp(-Math.log1p(Math.exp(rates[axis]!)) * STEP_S);
      this.#gain[axis] = gains[axis]!;
    }
    return {
      weights1: this.#block('hidden1Weights', member),
      bias1: this.#bias1.subarray(member * this.#width, (member + 1) * this.#width),
      weights2: this.#block('hidden2Weights', member),
      bias2: this.#block('hidden2Bias', member),
      weights3: this.#block('outputWeights', member),
      bias3: this.#block('outputBias', member),
    };
  }

  #step(
    states: Float32Array,
    at: number,
    actions: Float32Array,
    action: number,
    layers: Layers,
  ): void {
    const q = this.#quantities;
    const yaw = states[at + STATE.yaw]!;
    const cos = Math.cos(yaw);
    const sin = Math.sin(yaw);
    const north = states[at + STATE.velocity]!;
    const east = states[at + STATE.velocity + 1]!;
    q[0] = cos * north + sin * east;
    q[1] = cos * east - sin * north;
    q[2] = states[at + STATE.velocity + 2]!;
    q[3] = states[at + STATE.yawRate]!;
    q[4] = cos * actions[action]! + sin * actions[action + 1]! - q[0]!;
    q[5] = cos * actions[action + 1]! - sin * actions[action]! - q[1]!;
    q[6] = actions[action + 2]! - q[2]!;
    q[7] = actions[action + 3]! - q[3]!;
    q[8] = states[at + STATE.tilt]!;
    q[9] = states[at + STATE.tilt + 1]!;
    q[10] = states[at + STATE.thrust]!;
    this.#network(layers);
    this.#advance(states, at, cos, sin);
  }

  #network(layers: Layers): void {
    const { weights1, bias1, weights2, bias2, weights3, bias3 } = layers;
    const first = this.#hidden1;
    const second = this.#hidden2;
    first.set(bias1);
    for (let row = 0; row < FEATURES; row += 1) {
      const value = this.#quantities[row]! * this.#scale[row]! + this.#shift[row]!;
      addRow(first, weights1, row, value);
    }
    second.set(bias2);
    for (let row = 0; row < first.length; row += 1) {
      addRow(second, weights2, row, Math.max(0, first[row]!));
    }
    this.#output.set(bias3);
    for (let row = 0; row < second.length; row += 1) {
      addRow(this.#output, weights3, row, Math.max(0, second[row]!));
    }
  }

  /** Change of quantity `axis`, physics and learned together. */
  #change(axis: number): number {
    const learned = this.#output[axis]! * this.#changeScale[axis]!;
    if (axis >= 4) return learned;
    const gain = this.#gain[axis]!;
    const q = this.#quantities;
    return learned + this.#keep[axis]! * (gain * q[4 + axis]! + (gain - 1) * q[axis]!);
  }

  #advance(states: Float32Array, at: number, cos: number, sin: number): void {
    const ahead = this.#change(0);
    const right = this.#change(1);
    const moved = [cos * ahead - sin * right, sin * ahead + cos * right, this.#change(2)];
    for (let axis = 0; axis < 3; axis += 1) {
      const before = states[at + STATE.velocity + axis]!;
      const change = moved[axis]!;
      const position = at + STATE.position + axis;
      states[position] = states[position]! + STEP_S * (before + change / 2);
      states[at + STATE.velocity + axis] = before + change;
    }
    const yawRate = states[at + STATE.yawRate]!;
    const turned = this.#change(3);
    states[at + STATE.yaw] = states[at + STATE.yaw]! + STEP_S * (yawRate + turned / 2);
    states[at + STATE.yawRate] = yawRate + turned;
    for (let axis = 4; axis < CHANGES; axis += 1) {
      const place = at + STATE.tilt + axis - 4;
      states[place] = states[place]! + this.#change(axis);
    }
  }
}

interface Layers {
  weights1: Float32Array;
  bias1: Float32Array;
  weights2: Float32Array;
  bias2: Float32Array;
  weights3: Float32Array;
  bias3: Float32Array;
}

const blockOf = (name: ParameterName): (typeof PARAMETER_BLOCKS)[number] =>
  PARAMETER_BLOCKS.find((block) => block.name === name)!;

/** out += value · row `row` of weights. */
const addRow = (out: Float32Array, weights: Float32Array, row: number, value: number): void => {
  const offset = row * out.length;
  for (let column = 0; column < out.length; column += 1) {
    out[column] = out[column]! + value * weights[offset + column]!;
  }
};
