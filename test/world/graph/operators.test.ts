import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#world/graph/builder.ts';
import type { Value } from '#world/graph/builder.ts';
import * as elementwise from '#world/graph/elementwise.ts';
import {
  concat,
  expand,
  gather,
  gatherElements,
  reshape,
  slice,
  split,
  stack,
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
import { createSession } from '#world/session.ts';

const SIX = [1, -2, 3, -4, 5, -6];

/** Runs `build` over x = [[1, −2, 3], [−4, 5, −6]] and returns the result's numbers. */
const run = async (build: (x: Value, graph: GraphBuilder) => Value): Promise<number[]> => {
  const graph = new GraphBuilder('test');
  const x = graph.input('x', [2, 3]);
  graph.output('y', build(x, graph));
  const session = await createSession(graph.build());
  const { y } = await session.run({ x: Float32Array.from(SIX) });
  await session.release();
  return Array.from(y as Float32Array, Number);
};

const close = (wanted: readonly number[]): unknown[] =>
  wanted.map((value) => expect.closeTo(value, 4));

describe('elementwise operators', () => {
  const unary: [string, (x: Value) => Value, (x: number) => number][] = [
    ['negate', elementwise.negate, (x) => -x],
    ['absolute', elementwise.absolute, Math.abs],
    ['exp', elementwise.exp, Math.exp],
    ['sin', elementwise.sin, Math.sin],
    ['cos', elementwise.cos, Math.cos],
    ['tanh', elementwise.tanh, Math.tanh],
    ['sigmoid', elementwise.sigmoid, (x) => 1 / (1 + Math.exp(-x))],
    ['relu', elementwise.relu, (x) => Math.max(0, x)],
    ['softplus', elementwise.softplus, (x) => Math.log1p(Math.exp(x))],
    ['square', elementwise.square, (x) => x * x],
    ['log of |x|', (x) => elementwise.log(elementwise.absolute(x)), (x) => Math.log(Math.abs(x))],
    [
      'sqrt of |x|',
      (x) => elementwise.sqrt(elementwise.absolute(x)),
      (x) => Math.sqrt(Math.abs(x)),
    ],
    ['clip', (x) => elementwise.clip(x, -2.5, 2.5), (x) => Math.min(2.5, Math.max(-2.5, x))],
    ['a number on the right', (x) => elementwise.divide(x, 2), (x) => x / 2],
    ['a number on the left', (x) => elementwise.subtract(1, x), (x) => 1 - x],
    ['maximum', (x) => elementwise.maximum(x, 0.5), (x) => Math.max(x, 0.5)],
    ['minimum', (x) => elementwise.minimum(x, 0.5), (x) => Math.min(x, 0.5)],
    ['where', (x) => elementwise.where(elementwise.greater(x, 0), x, 9), (x) => (x > 0 ? x : 9)],
    [
      'and, or, not of comparisons',
      (x) => {
        const inside = elementwise.and(elementwise.greater(x, -3), elementwise.less(x, 3));
        const ends = elementwise.or(
          elementwise.equal(x, 5),
          elementwise.not(elementwise.greaterOrEqual(x, -5)),
        );
        return elementwise.add(
          elementwise.cast(inside, 'float32'),
          elementwise.multiply(elementwise.cast(ends, 'float32'), 10),
        );
      },
      (x) => (x > -3 && x < 3 ? 1 : 0) + (x === 5 || x < -5 ? 10 : 0),
    ],
  ];
  it.each(unary)('%s', async (_, build, wanted) => {
    expect(await run(build)).toEqual(close(SIX.map(wanted)));
  });

  it('broadcasts a row over the batch', async () => {
    expect(
      await run((x, graph) => elementwise.multiply(x, graph.constant([1, 10, 100], [3]))),
    ).toEqual(close([1, -20, 300, -4, 50, -600]));
  });
});

describe('layout and reductions', () => {
  const cases: [string, (x: Value, graph: GraphBuilder) => Value, number[]][] = [
    ['concat of slices', (x) => concat(split(x, 1, [1, 2]).toReversed(), 1), [-2, 3, 1, 5, -6, -4]],
    ['slice of the last axis', (x) => slice(x, -1, 1, 3), [-2, 3, 5, -6]],
    [
      'gather of rows',
      (x, g) => gather(x, g.constant([1, 0, 1], [3], 'int32'), 0),
      [-4, 5, -6, 1, -2, 3, -4, 5, -6],
    ],
    [
      'gather by element',
      (x, g) => gatherElements(x, g.constant([2, 0], [2, 1], 'int64'), 1),
      [3, -4],
    ],
    ['reshape', (x) => reshape(x, [6]), SIX],
    ['transpose', (x) => transpose(x, [1, 0]), [1, -4, -2, 5, 3, -6]],
    ['expand', (x) => expand(slice(x, 1, 0, 1), [2, 2]), [1, 1, -4, -4]],
    ['tile', (x) => tile(slice(x, 1, 0, 1), [1, 3]), [1, 1, 1, -4, -4, -4]],
    ['stack', (x) => reduceSum(stack([x, x]), [0]), SIX.map((value) => 2 * value)],
    ['reduceSum', (x) => reduceSum(x, [0]), [-3, 3, -3]],
    ['reduceMean', (x) => reduceMean(x, [-1]), [2 / 3, -5 / 3]],
    ['reduceMax', (x) => reduceMax(x, [1]), [3, 5]],
    ['reduceMin', (x) => reduceMin(x, [0, 1], true), [-6]],
    ['cumSum', (x) => cumSum(x, 1), [1, -1, 2, -4, 1, -5]],
    ['cumSum from the end', (x) => cumSum(x, 1, true), [2, 1, 3, -5, -1, -6]],
    ['the two best', (x) => topK(x, 2, 1).values, [3, 1, 5, -4]],
    [
      'where the worst is',
      (x) => elementwise.cast(topK(x, 1, 1, false).indices, 'float32'),
      [1, 2],
    ],
    [
      'matmul, stacked',
      (x, g) => matmul(reshape(x, [1, 2, 3]), g.constant([1, 0, 0, 0, 1, 0], [2, 3, 1])),
      [1, -4, -2, 5],
    ],
    ['gemm', (x, g) => gemm(x, g.constant([1, 1, 1], [3, 1]), g.constant([10], [1])), [12, 5]],
  ];
  it.each(cases)('%s', async (_, build, wanted) => {
    expect(await run(build)).toEqual(close(wanted));
  });

  it('softmax sums to one along its axis', async () => {
    expect(await run((x) => reduceSum(softmax(x, 1), [1]))).toEqual(close([1, 1]));
  });
});

describe('loop', () => {
  it('carries state, collects scans and sees the enclosing graph', async () => {
    const y = await run((x, graph) => {
      const { carried, scans } = loop(
        graph,
        3,
        [x, graph.constant([0], [1])],
        (_, turn, [state, sum]) => ({
          carried: [
            elementwise.add(state!, x),
            elementwise.add(sum!, elementwise.cast(turn, 'float32')),
          ],
          scans: [reduceSum(state!, [0, 1])],
        }),
      );
      return concat([reshape(carried[0]!, [6]), carried[1]!, scans[0]!], 0);
    });
    expect(y).toEqual(close([...SIX.map((value) => 4 * value), 3, -3, -6, -9]));
  });

  it('nests', async () => {
    const y = await run((x, graph) => {
      const outer = loop(graph, 2, [x], (scope, _, [a]) => {
        const inner = loop(scope, 3, [a!], (_scope, _turn, [b]) => ({
          carried: [elementwise.add(b!, a!)],
        }));
        return { carried: [inner.carried[0]!] };
      });
      return outer.carried[0]!;
    });
    expect(y).toEqual(close(SIX.map((value) => 16 * value)));
  });
});

describe('a mistake shows where it is made', () => {
  it('refuses shapes that do not fit, naming the operator', () => {
    const graph = new GraphBuilder('test');
    const x = graph.input('x', [2, 3]);
    expect(() => matmul(x, x)).toThrow(/MatMul: inner sizes differ \(\[2, 3\] and \[2, 3\]\)/);
    expect(() => elementwise.add(x, graph.input('z', [2]))).toThrow(/do not broadcast/);
    expect(() => slice(x, 1, 2, 5)).toThrow(/not inside the axis/);
    expect(() => graph.constant([1, 2], [3])).toThrow(/do not fill/);
  });

  it('refuses a value that lives in another loop', () => {
    const graph = new GraphBuilder('test');
    const x = graph.input('x', [2]);
    let leaked: Value | undefined;
    loop(graph, 2, [x], (_, __, [state]) => {
      leaked = elementwise.add(state!, 1);
      return { carried: [leaked] };
    });
    loop(graph, 2, [x], (_, __, [state]) => {
      expect(() => elementwise.add(state!, leaked!)).toThrow(/not visible/);
      return { carried: [state!] };
    });
  });

  it('refuses to run without an input, naming it', async () => {
    const graph = new GraphBuilder('test');
    graph.output('y', elementwise.tanh(graph.input('x', [2])));
    const session = await createSession(graph.build());
    await expect(session.run({})).rejects.toMatchObject({
      code: 'session-input',
      data: { input: 'x' },
    });
    await expect(session.run({ x: new Float32Array(3) })).rejects.toMatchObject({
      code: 'session-input',
    });
    await session.release();
  });
});
