import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { DenseKernel, ROW_FLOATS } from '#world/kernel/dense-kernel.ts';

const GUARD = 7;

/** Σ in double precision and in the order of the inputs. */
const layerOf = (
  x: readonly number[],
  weights: Float32Array,
  bias: Float32Array,
  floor: number,
): number[] =>
  Array.from(bias, (start, output) =>
    Math.max(
      floor,
      x.reduce((sum, value, input) => sum + value * weights[input * bias.length + output]!, start),
    ),
  );

describe('the dense kernel', () => {
  it('makes a layer of any size and number of rows, and touches no row beyond', () => {
    const random = seededRandom(2);
    const normal = (length: number): Float32Array =>
      Float32Array.from({ length }, () => random.normal());
    for (const [inputs, outputs] of [
      [11, 64],
      [64, 64],
      [75, 7],
      [75, 11],
      [1, 1],
    ] as const) {
      for (let rows = 1; rows <= 14; rows += 1) {
        const kernel = new DenseKernel(20_000);
        const weights = normal(inputs * outputs);
        const bias = normal(outputs);
        const layer = kernel.place(weights, bias, inputs);
        const x = kernel.reserve(rows * ROW_FLOATS);
        const out = kernel.reserve((rows + 1) * ROW_FLOATS);
        const given = Array.from({ length: rows }, () => Array.from(normal(inputs)));
        for (const [row, values] of given.entries())
          kernel.floats.set(values, x + row * ROW_FLOATS);
        kernel.floats.fill(GUARD, out + rows * ROW_FLOATS);
        const floor = rows % 2 === 0 ? 0 : -Infinity;
        kernel.run(layer, x, out, rows, floor);
        for (const [row, values] of given.entries()) {
          const at = out + row * ROW_FLOATS;
          expect(Array.from(kernel.floats.subarray(at, at + outputs))).toEqual(
            layerOf(values, weights, bias, floor).map((value) => expect.closeTo(value, 4)),
          );
        }
        expect(kernel.floats.subarray(out + rows * ROW_FLOATS).every((one) => one === GUARD)).toBe(
          true,
        );
      }
    }
  });

  it('rounds after each product and after each sum: no processor may fuse them', () => {
    const kernel = new DenseKernel(4000);
    const epsilon = 2 ** -12;
    const layer = kernel.place([1 + epsilon], [-1], 1);
    const x = kernel.reserve(ROW_FLOATS);
    const out = kernel.reserve(ROW_FLOATS);
    kernel.floats[x] = 1 + epsilon;
    kernel.run(layer, x, out, 1, -Infinity);
    const apart = Math.fround(Math.fround((1 + epsilon) ** 2) - 1);
    expect(kernel.floats[out]).toBe(apart);
    expect(apart).not.toBe(Math.fround((1 + epsilon) ** 2 - 1));
  });
});
