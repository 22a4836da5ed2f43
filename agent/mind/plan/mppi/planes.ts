import type { Value } from '#world/graph/builder.ts';
import * as op from '#world/graph/elementwise.ts';
import { concat, reshape, slice, transpose } from '#world/graph/layout.ts';

/**
 * A vector quantity with one tensor per axis. Costs are made of these: onnxruntime is several times faster along rows of
 * hundreds of numbers than along the three numbers of a vector.
 */
export interface Planes {
  x: Value;
  y: Value;
  z: Value;
}

/** [a, b, size] → one [a, b] per entry of the last axis. */
export const planesOf = (packed: Value): Value[] => {
  const [a = 0, b = 0, size = 0] = packed.shape;
  const apart = transpose(packed, [2, 0, 1]);
  return Array.from({ length: size }, (_, index) =>
    reshape(slice(apart, 0, index, index + 1), [a, b]),
  );
};

/** The part `index` of the leading axis of `packed`, that axis dropped. */
export const part = (packed: Value, index: number): Value =>
  reshape(slice(packed, 0, index, index + 1), packed.shape.slice(1));

/** Axis by axis. */
export const each = (a: Planes, b: Planes, combine: (a: Value, b: Value) => Value): Planes => ({
  x: combine(a.x, b.x),
  y: combine(a.y, b.y),
  z: combine(a.z, b.z),
});

export const dotOf = (a: Planes, b: Planes): Value =>
  op.add(op.add(op.multiply(a.x, b.x), op.multiply(a.y, b.y)), op.multiply(a.z, b.z));

export const squaredOf = (a: Planes): Value => dotOf(a, a);

/** Rows of `later` below those of `first`, axis by axis. */
export const joined = (first: Planes, later: Planes): Planes =>
  each(first, later, (a, b) => concat([a, b], 0));

/** Rows `start` to `end` (excluded). */
export const rowsOf = (planes: Planes, start: number, end: number): Planes => ({
  x: slice(planes.x, 0, start, end),
  y: slice(planes.y, 0, start, end),
  z: slice(planes.z, 0, start, end),
});
