import { assert } from '#protocols/fault.ts';
import { emitOne, int64Vector, scopeOf } from './builder.ts';
import type { Value } from './builder.ts';
import { frontAxis, shapeFault, withAxis } from './shape.ts';
import type { Shape } from './shape.ts';

/** Operators along axes. Negative axes count from the back. */

const reducedShape = (shape: Shape, axes: readonly number[], keep: boolean): Shape =>
  keep
    ? shape.map((size, index) => (axes.includes(index) ? 1 : size))
    : shape.filter((_, index) => !axes.includes(index));

const reduction =
  (operator: string) =>
  (x: Value, axes: readonly number[], keep = false): Value => {
    const front = axes.map((axis) => frontAxis(operator, x.shape, axis));
    return emitOne(
      operator,
      [x, int64Vector(x.graph, front)],
      x.type,
      reducedShape(x.shape, front, keep),
      { keepdims: { kind: 'int', value: keep ? 1 : 0 } },
    );
  };

/** Sum over `axes`; `keep` leaves them with size one. */
export const reduceSum = reduction('ReduceSum');
export const reduceMean = reduction('ReduceMean');
export const reduceMax = reduction('ReduceMax');
export const reduceMin = reduction('ReduceMin');

export const softmax = (x: Value, axis: number): Value =>
  emitOne('Softmax', [x], x.type, x.shape, {
    axis: { kind: 'int', value: frontAxis('Softmax', x.shape, axis) },
  });

/** Running sum along `axis`; `reverse` sums from the end. */
export const cumSum = (x: Value, axis: number, reverse = false): Value =>
  emitOne(
    'CumSum',
    [x, x.graph.scalar(frontAxis('CumSum', x.shape, axis), 'int64')],
    x.type,
    x.shape,
    { reverse: { kind: 'int', value: reverse ? 1 : 0 } },
  );

/** The `count` largest (or smallest) along `axis`, best first, and their indices (int64). */
export const topK = (
  x: Value,
  count: number,
  axis: number,
  largest = true,
): { values: Value; indices: Value } => {
  const at = frontAxis('TopK', x.shape, axis);
  if (count > (x.shape[at] ?? 0)) throw shapeFault('TopK', `fewer than ${count} entries`, x.shape);
  const shape = withAxis(x.shape, at, count);
  const [values, indices] = scopeOf([x]).emit(
    'TopK',
    [x, int64Vector(x.graph, [count])],
    [
      { type: x.type, shape },
      { type: 'int64', shape },
    ],
    { axis: { kind: 'int', value: at }, largest: { kind: 'int', value: largest ? 1 : 0 } },
  );
  assert(values !== undefined && indices !== undefined, 'TopK has two outputs');
  return { values, indices };
};
