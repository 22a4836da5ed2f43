import { Fault } from '#protocols/fault.ts';

/** Sizes of a tensor's axes, all known when the graph is built; `[]` is a scalar. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((size, axis) => size * axis, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((axis, index) => axis === b[index]);

export const shapeFault = (operator: string, why: string, ...shapes: Shape[]): Fault =>
  new Fault(
    'graph-shape',
    `${operator}: ${why} (${shapes.map((s) => `[${s.join(', ')}]`).join(' and ')})`,
    {
      data: { operator, shapes: JSON.stringify(shapes) },
    },
  );

/** NumPy's broadcasting, aligned at the last axis. Throws Fault `graph-shape` when the axes disagree. */
export const broadcastShape = (operator: string, a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let back = rank; back >= 1; back -= 1) {
    const left = a[a.length - back] ?? 1;
    const right = b[b.length - back] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw shapeFault(operator, 'shapes do not broadcast', a, b);
    }
    out.push(left === 1 ? right : left);
  }
  return out;
};

/** `axis` counted from the front; negative axes count from the back, as in ONNX. */
export const frontAxis = (operator: string, shape: Shape, axis: number): number => {
  const front = axis < 0 ? axis + shape.length : axis;
  if (front < 0 || front >= shape.length) {
    throw shapeFault(operator, `axis ${axis} does not exist`, shape);
  }
  return front;
};

export const withAxis = (shape: Shape, axis: number, size: number): Shape =>
  shape.map((old, index) => (index === axis ? size : old));
