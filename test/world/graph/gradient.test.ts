import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { GraphBuilder } from '#world/graph/builder.ts';
import type { Value } from '#world/graph/builder.ts';
import * as op from '#world/graph/elementwise.ts';
import { gradients } from '#world/graph/gradient.ts';
import { GRADIENT_RULES } from '#world/graph/gradient-rules.ts';
import {
  concat,
  expand,
  gather,
  reshape,
  slice,
  split,
  tile,
  transpose,
} from '#world/graph/layout.ts';
import { gemm, matmul } from '#world/graph/linear.ts';
import { loop } from '#world/graph/loop.ts';
import {
  cumSum,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  softmax,
  topK,
} from '#world/graph/reduce.ts';
import { sizeOf } from '#world/graph/shape.ts';
import { createSession } from '#world/session.ts';

type Build = (...inputs: Value[]) => Value;

/** Each operator with the inputs that its gradient is checked at; positive inputs where the operator needs them. */
const CASES: [string, number[][], Build, { positive?: boolean }?][] = [
  ['Add', [[2, 3], [3]], (a, b) => op.add(a!, b!)],
  [
    'Sub',
    [
      [2, 1],
      [2, 3],
    ],
    (a, b) => op.subtract(a!, b!),
  ],
  [
    'Mul',
    [
      [2, 3],
      [2, 1],
    ],
    (a, b) => op.multiply(a!, b!),
  ],
  ['Mul', [[2, 3]], (a) => op.square(a!)],
  ['Div', [[2, 3], [3]], (a, b) => op.divide(a!, b!), { positive: true }],
  ['Max', [[2, 3], [3]], (a, b) => op.maximum(a!, b!)],
  ['Min', [[2, 3], [3]], (a, b) => op.minimum(a!, b!)],
  ['Neg', [[2, 3]], (a) => op.negate(a!)],
  ['Abs', [[2, 3]], (a) => op.absolute(a!)],
  ['Exp', [[2, 3]], (a) => op.exp(a!)],
  ['Log', [[2, 3]], (a) => op.log(a!), { positive: true }],
  ['Sqrt', [[2, 3]], (a) => op.sqrt(a!), { positive: true }],
  ['Sin', [[2, 3]], (a) => op.sin(a!)],
  ['Cos', [[2, 3]], (a) => op.cos(a!)],
  ['Tanh', [[2, 3]], (a) => op.tanh(a!)],
  ['Sigmoid', [[2, 3]], (a) => op.sigmoid(a!)],
  ['Relu', [[2, 3]], (a) => op.relu(a!)],
  ['Softplus', [[2, 3]], (a) => op.softplus(a!)],
  ['Clip', [[2, 3]], (a) => op.clip(a!, -0.4, 0.4)],
  ['Where', [[2, 3], [3]], (a, b) => op.where(op.greater(a!, 0), op.square(a!), b!)],
  [
    'MatMul',
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => matmul(a!, b!),
  ],
  [
    'MatMul',
    [
      [2, 2, 3],
      [2, 3, 1],
    ],
    (a, b) => matmul(a!, b!),
  ],
  [
    'MatMul',
    [
      [2, 2, 3],
      [3, 2],
    ],
    (a, b) => matmul(a!, b!),
  ],
  ['Gemm', [[2, 3], [3, 4], [4]], (a, b, c) => gemm(a!, b!, c!)],
  [
    'Concat',
    [
      [2, 3],
      [2, 1],
    ],
    (a, b) => concat([a!, b!, a!], 1),
  ],
  ['Slice', [[2, 5]], (a) => slice(a!, 1, 1, 3)],
  ['Split', [[2, 5]], (a) => op.square(split(a!, 1, [2, 2, 1])[1]!)],
  ['Reshape', [[2, 3]], (a) => reshape(a!, [3, 2])],
  ['Transpose', [[2, 3, 2]], (a) => transpose(a!, [2, 0, 1])],
  ['Expand', [[2, 1]], (a) => expand(a!, [3, 2, 4])],
  ['Tile', [[2, 3]], (a) => tile(a!, [2, 3])],
  ['ReduceSum', [[2, 3, 2]], (a) => reduceSum(a!, [0, 2])],
  ['ReduceMean', [[2, 3, 2]], (a) => reduceMean(a!, [1], true)],
  ['ReduceMax', [[2, 3, 2]], (a) => reduceMax(a!, [1, 2])],
  ['ReduceMin', [[2, 3]], (a) => reduceMin(a!, [0])],
  ['Softmax', [[2, 4]], (a) => softmax(a!, 1)],
  ['CumSum', [[2, 4]], (a) => cumSum(a!, 1)],
  ['CumSum', [[2, 4]], (a) => cumSum(a!, 0, true)],
];

const random = seededRandom(7);

const draw = (shape: number[], positive: boolean): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, () =>
    positive ? 0.5 + random.uniform() : random.normal(),
  );

/** loss = Σ w ⊙ f(inputs), its analytic gradient, and the largest difference to central differences in float64. */
const largestError = async (
  shapes: number[][],
  build: Build,
  positive: boolean,
): Promise<number> => {
  const graph = new GraphBuilder('check', { real: 'float64' });
  const inputs = shapes.map((shape, index) => graph.input(`x${index}`, shape));
  const y = build(...inputs);
  const weights = graph.constant(draw([...y.shape], false), y.shape);
  const loss = reduceSum(
    op.multiply(y, weights),
    y.shape.map((_, axis) => axis),
  );
  graph.output('loss', loss);
  gradients(loss, inputs).forEach((value, index) => graph.output(`g${index}`, value));
  const session = await createSession(graph.build());
  const at = Object.fromEntries(shapes.map((shape, index) => [`x${index}`, draw(shape, positive)]));
  const lossAt = async (): Promise<number> => Number((await session.run(at))['loss']![0]);
  const analytic = await session.run(at);
  let worst = 0;
  for (const [index] of shapes.entries()) {
    const x = at[`x${index}`]!;
    for (let entry = 0; entry < x.length; entry += 1) {
      const centre = x[entry]!;
      const step = 1e-6;
      x[entry] = centre + step;
      const above = await lossAt();
      x[entry] = centre - step;
      const below = await lossAt();
      x[entry] = centre;
      const numeric = (above - below) / (2 * step);
      worst = Math.max(worst, Math.abs(numeric - Number(analytic[`g${index}`]![entry])));
    }
  }
  await session.release();
  return worst;
};

const layerStack: Build = (x, w1, b1, w2) => {
  const hidden = op.tanh(op.add(matmul(x!, w1!), b1!));
  return op.softplus(matmul(concat([hidden, x!], 1), w2!));
};

describe('the gradient of', () => {
  it.each(CASES)('%s agrees with central differences', async (_, shapes, build, options) => {
    expect(await largestError(shapes, build, options?.positive ?? false)).toBeLessThan(1e-7);
  });

  it('a whole layer stack agrees, values used twice included', async () => {
    expect(await largestError([[5, 3], [3, 4], [4], [7, 2]], layerStack, false)).toBeLessThan(1e-7);
  });

  it('every operator that claims a gradient is checked above', () => {
    const checked = new Set(CASES.map(([name]) => name));
    const unchecked = Object.keys(GRADIENT_RULES).filter((name) => !checked.has(name));
    expect(unchecked).toEqual(['Identity']);
  });

  it('a stopped value is zero, and so is that of a bystander', async () => {
    const graph = new GraphBuilder('stop');
    const x = graph.input('x', [2]);
    const bystander = graph.input('z', [2]);
    const loss = reduceSum(op.multiply(x, op.stopGradient(op.square(x))), [0]);
    const [gx, gz] = gradients(loss, [x, bystander]);
    graph.output('gx', gx!);
    graph.output('gz', gz!);
    const session = await createSession(graph.build());
    const result = await session.run({ x: Float32Array.of(2, 3), z: Float32Array.of(1, 1) });
    expect(result).toEqual({ gx: Float32Array.of(4, 9), gz: Float32Array.of(0, 0) });
    await session.release();
  });

  it('can be taken inside a loop body: gradient descent finds the minimum', async () => {
    const graph = new GraphBuilder('descent');
    const start = graph.input('x', [2]);
    const target = graph.constant([3, -1], [2]);
    const { carried } = loop(graph, 60, [start], (_, __, [x]) => {
      const loss = reduceSum(op.square(op.subtract(x!, target)), [0]);
      const [g] = gradients(loss, [x!]);
      return { carried: [op.subtract(x!, op.multiply(g!, 0.2))] };
    });
    graph.output('y', carried[0]!);
    const session = await createSession(graph.build());
    const { y } = await session.run({ x: Float32Array.of(0, 0) });
    expect([...(y as Float32Array)]).toEqual([expect.closeTo(3, 4), expect.closeTo(-1, 4)]);
    await session.release();
  });
});

describe('a path without a gradient', () => {
  const graph = new GraphBuilder('refusal');
  const x = graph.input('x', [4]);
  const refused: [string, () => Value][] = [
    ['TopK', () => topK(x, 1, 0).values],
    ['Gather', () => gather(x, graph.constant([1], [1], 'int32'), 0)],
    [
      'Loop',
      () => slice(loop(graph, 2, [x], (_, __, [s]) => ({ carried: [s!] })).carried[0]!, 0, 0, 1),
    ],
  ];
  it.each(refused)('through %s is refused by name', (operator, build) => {
    expect(() => gradients(build(), [x])).toThrow(`${operator} has no gradient`);
  });

  it('is not asked for a vector', () => {
    expect(() => gradients(op.square(x), [x])).toThrow(/one element/);
  });
});
