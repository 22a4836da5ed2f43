import { assert } from '#protocols/fault.ts';
import { emitOne, int64Vector, scopeOf } from './builder.ts';
import type { Value } from './builder.ts';
import { broadcastShape, frontAxis, sameShape, shapeFault, sizeOf, withAxis } from './shape.ts';
import type { Shape } from './shape.ts';

/** Operators that move numbers without changing them. Negative axes count from the back. */

export const concat = (values: readonly Value[], axis: number): Value => {
  const [first] = values;
  assert(first !== undefined, 'concat has operands');
  const at = frontAxis('Concat', first.shape, axis);
  let total = 0;
  for (const value of values) {
    const size = value.shape[at];
    if (
      size === undefined ||
      !sameShape(withAxis(value.shape, at, 0), withAxis(first.shape, at, 0))
    ) {
      throw shapeFault('Concat', 'shapes differ beside the axis', first.shape, value.shape);
    }
    total += size;
  }
  const attributes = { axis: { kind: 'int', value: at } } as const;
  return emitOne('Concat', values, first.type, withAxis(first.shape, at, total), attributes);
};

/** Elements `start` (included) to `end` (excluded) along `axis`. */
export const slice = (x: Value, axis: number, start: number, end: number): Value => {
  const at = frontAxis('Slice', x.shape, axis);
  const size = x.shape[at] ?? 0;
  if (start < 0 || end > size || start >= end) {
    throw shapeFault('Slice', `${start}..${end} is not inside the axis`, x.shape);
  }
  const vectors = [[start], [end], [at]].map((values) => int64Vector(x.graph, values));
  return emitOne('Slice', [x, ...vectors], x.type, withAxis(x.shape, at, end - start));
};

/** Consecutive pieces of the given sizes along `axis`; the sizes add up to the axis. */
export const split = (x: Value, axis: number, sizes: readonly number[]): Value[] => {
  const at = frontAxis('Split', x.shape, axis);
  if (sizes.reduce((sum, size) => sum + size, 0) !== x.shape[at]) {
    throw shapeFault('Split', 'sizes do not add up to the axis', x.shape, sizes);
  }
  const outputs = sizes.map((size) => ({ type: x.type, shape: withAxis(x.shape, at, size) }));
  return scopeOf([x]).emit('Split', [x, int64Vector(x.graph, sizes)], outputs, {
    axis: { kind: 'int', value: at },
  });
};

/**
 * Entries of `x` along `axis` picked by `indices` (int32 or int64, any shape): the axis is replaced by the indices' shape.
 * Out-of-range indices fail at run time.
 */
export const gather = (x: Value, indices: Value, axis: number): Value => {
  const at = frontAxis('Gather', x.shape, axis);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return emitOne('Gather', [x, indices], x.type, shape, { axis: { kind: 'int', value: at } });
};

/** Entries picked one by one along `axis`: the result has the shape of `indices` (same rank as `x`). */
export const gatherElements = (x: Value, indices: Value, axis: number): Value => {
  const at = frontAxis('GatherElements', x.shape, axis);
  return emitOne('GatherElements', [x, indices], x.type, indices.shape, {
    axis: { kind: 'int', value: at },
  });
};

export const reshape = (x: Value, shape: Shape): Value => {
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw shapeFault('Reshape', 'sizes differ', x.shape, shape);
  }
  return emitOne('Reshape', [x, int64Vector(x.graph, shape)], x.type, shape);
};

/** Axes in the order given by `permutation`: result axis i is x's axis permutation[i]. */
export const transpose = (x: Value, permutation: readonly number[]): Value => {
  const sorted = permutation.toSorted((a, b) => a - b);
  if (
    !sameShape(
      sorted,
      x.shape.map((_, index) => index),
    )
  ) {
    throw shapeFault('Transpose', 'not a permutation of the axes', x.shape, permutation);
  }
  const shape = permutation.map((axis) => x.shape[axis] ?? 0);
  return emitOne('Transpose', [x], x.type, shape, { perm: { kind: 'ints', value: permutation } });
};

/** `x` repeated by broadcasting up to `shape`. */
export const expand = (x: Value, shape: Shape): Value => {
  if (!sameShape(broadcastShape('Expand', x.shape, shape), shape)) {
    throw shapeFault('Expand', 'does not broadcast to the target', x.shape, shape);
  }
  return emitOne('Expand', [x, int64Vector(x.graph, shape)], x.type, shape);
};

/** `x` laid out `repeats[i]` times along axis i. */
export const tile = (x: Value, repeats: readonly number[]): Value => {
  if (repeats.length !== x.shape.length) {
    throw shapeFault('Tile', 'one repeat per axis', x.shape, repeats);
  }
  const shape = x.shape.map((size, index) => size * (repeats[index] ?? 1));
  return emitOne('Tile', [x, int64Vector(x.graph, repeats)], x.type, shape);
};

/** `value` with an axis of size one inserted before `axis` (counted in the result). */
export const unsqueeze = (value: Value, axis: number): Value =>
  reshape(value, [...value.shape.slice(0, axis), 1, ...value.shape.slice(axis)]);

/** Equal shapes stacked along a new leading axis. */
export const stack = (values: readonly Value[]): Value =>
  concat(
    values.map((value) => unsqueeze(value, 0)),
    0,
  );
