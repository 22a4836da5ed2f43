import { assert } from '#protocols/fault.ts';
import { foldedMembers } from '../folded-weights.ts';
import type { LatentContent } from '../latent.ts';
import { GREATEST_DEVIATION_MPS, LEAST_DEVIATION_MPS } from '../network.ts';
import {
  CHANGES,
  CONTEXT_SIZE,
  FEATURES,
  MEMBERS,
  parameterBlock,
  type ParameterName,
} from '../parameter-layout.ts';
import { HISTORY_STEPS, OBSERVATION_SIZE } from '../spaces.ts';
import { DenseKernel, ROW_FLOATS, type PlacedLayer } from './dense-kernel.ts';
import { advanceRow, writeLevel, type Turned } from './level-step.ts';

const HISTORY_SIZE = HISTORY_STEPS * OBSERVATION_SIZE;
const [, , WIDTH] = parameterBlock('hidden1Weights').shape;

/** Floats of memory for the layers of all members, generously. */
const LAYERS_FLOATS = 120_000;
const HISTORY_FLOATS = 160;

/** (m/s)² that a step adds at least, and at most. */
const LEAST_VARIANCE = LEAST_DEVIATION_MPS ** 2;
const GREATEST_VARIANCE = GREATEST_DEVIATION_MPS ** 2;

/** The exponential of network.ts's `boundedLogVariance`, put into one fraction. */
const boundedVariance = (spread: number): number =>
  LEAST_VARIANCE + GREATEST_VARIANCE / (1 + GREATEST_VARIANCE * Math.exp(-2 * spread));

interface Member {
  encoder1: PlacedLayer;
  encoder2: PlacedLayer;
  /** Context → biases of the first layer. */
  context: PlacedLayer;
  first: PlacedLayer;
  second: PlacedLayer;
  /** Changes alone. */
  moves: PlacedLayer;
  /** Changes and log deviations. */
  last: PlacedLayer;
}

/** The first `kept` of the `outputs` columns. */
const firstColumns = (values: ArrayLike<number>, outputs: number, kept: number): number[] =>
  Array.from(values).filter((_, index) => index % outputs < kept);

/**
 * The step of network.ts and the encoder for fixed weights, on a kernel of their own: no node to dispatch, nothing allocated.
 * Numbers are single precision inside the network and double outside; the same on every processor.
 */
export class KernelEnsemble {
  readonly #kernel: DenseKernel;
  readonly #members: readonly Member[];
  readonly #mean: Float64Array;
  readonly #inverse: Float64Array;
  /** Where in the kernel's memory what stands, in floats; rows are ROW_FLOATS apart. */
  readonly #history: number;
  readonly #vector: number;
  readonly #hidden: number;
  /** Second hidden layer, then the level quantities. */
  readonly #joint: number;
  readonly #outputs: number;
  readonly #turned: Turned;
  readonly #rows: number;

  /** @param rows most rollouts that one member makes at a time. */
  constructor(
    { normalisation, parameters }: Pick<LatentContent, 'normalisation' | 'parameters'>,
    rows: number,
  ) {
    this.#rows = rows;
    this.#kernel = new DenseKernel(
      LAYERS_FLOATS + HISTORY_FLOATS + 2 * ROW_FLOATS + 3 * (rows + 1) * ROW_FLOATS,
    );
    this.#history = this.#kernel.reserve(HISTORY_FLOATS);
    this.#vector = this.#kernel.reserve(2 * ROW_FLOATS);
    this.#hidden = this.#kernel.reserve(rows * ROW_FLOATS);
    this.#joint = this.#kernel.reserve(rows * ROW_FLOATS);
    this.#outputs = this.#kernel.reserve(rows * ROW_FLOATS);
    this.#turned = { cos: new Float64Array(rows), sin: new Float64Array(rows) };
    this.#mean = Float64Array.from(normalisation.observationMean);
    this.#inverse = Float64Array.from(normalisation.observationDeviation, (one) => 1 / one);
    this.#members = this.#placeMembers(normalisation, parameters);
  }

  #placeMembers(normalisation: LatentContent['normalisation'], parameters: Float32Array): Member[] {
    const kernel = this.#kernel;
    return foldedMembers(normalisation, parameters).map(({ context, first, second, last }, m) => {
      const block = (name: ParameterName): Float32Array => {
        const { offset, length } = parameterBlock(name);
        return parameters.subarray(
          offset + (m * length) / MEMBERS,
          offset + ((m + 1) * length) / MEMBERS,
        );
      };
      const outputs = last.bias.length;
      const columns = (kept: number): PlacedLayer =>
        kernel.place(
          firstColumns(last.weights, outputs, kept),
          firstColumns(last.bias, outputs, kept),
          WIDTH + FEATURES,
        );
      return {
        encoder1: kernel.place(block('encoder1Weights'), block('encoder1Bias'), HISTORY_SIZE),
        encoder2: kernel.place(block('encoder2Weights'), block('encoder2Bias'), WIDTH),
        context: kernel.place(context, first.bias, CONTEXT_SIZE),
        first: kernel.place(first.weights, first.bias, FEATURES),
        second: kernel.place(second.weights, second.bias, WIDTH),
        moves: columns(CHANGES),
        last: columns(outputs),
      };
    });
  }

  /** What the last second says, [HISTORY_STEPS × OBSERVATION_SIZE]: holds for every rollout until the next history. */
  encode(history: Float32Array): void {
    const { floats } = this.#kernel;
    for (let index = 0; index < HISTORY_SIZE; index += 1) {
      const column = index % OBSERVATION_SIZE;
      floats[this.#history + index] =
        (history[index]! - this.#mean[column]!) * this.#inverse[column]!;
    }
    const context = this.#vector;
    const bias = this.#vector + ROW_FLOATS;
    for (const member of this.#members) {
      this.#kernel.run(member.encoder1, this.#history, bias, 1, 0);
      this.#kernel.run(member.encoder2, bias, context, 1, -Infinity);
      for (let index = 0; index < CONTEXT_SIZE; index += 1) {
        floats[context + index] = Math.tanh(floats[context + index]!);
      }
      this.#kernel.run(member.context, context, bias, 1, -Infinity);
      this.#kernel.setBias(member.first, bias);
    }
  }

  /**
   * Moves rows 0 … rows − 1 of `states` [N × S] one step on by member `member`, row n under action number `firstAction` + n of
   * `actions` [… × A]. `variances`, if given, gets what the step adds to the velocity's variance in level body, (m/s)²,
   * three per row from `variancesAt` on.
   */
  step(
    member: number,
    states: Float64Array,
    rows: number,
    actions: Float32Array,
    firstAction: number,
    variances?: Float64Array,
    variancesAt = 0,
  ): void {
    assert(rows <= this.#rows, 'the rows of a step fit the memory that was laid out');
    const { first, second, moves, last } = this.#members[member]!;
    const { floats } = this.#kernel;
    const quantities = this.#joint + WIDTH;
    for (let row = 0; row < rows; row += 1) {
      const to = quantities + row * ROW_FLOATS;
      writeLevel(states, row, actions, firstAction + row, this.#turned, floats, to);
    }
    this.#kernel.run(first, quantities, this.#hidden, rows, 0);
    this.#kernel.run(second, this.#hidden, this.#joint, rows, 0);
    const output = variances === undefined ? moves : last;
    this.#kernel.run(output, this.#joint, this.#outputs, rows, -Infinity);
    for (let row = 0; row < rows; row += 1) {
      const from = this.#outputs + row * ROW_FLOATS;
      advanceRow(states, row, this.#turned, floats, from);
      if (variances === undefined) continue;
      for (let axis = 0; axis < 3; axis += 1) {
        variances[variancesAt + 3 * row + axis] = boundedVariance(floats[from + CHANGES + axis]!);
      }
    }
  }
}
