import { emitOne } from './builder.ts';
import type { Value } from './builder.ts';
import { broadcastShape, shapeFault } from './shape.ts';

/** Matrix product over the last two axes; leading axes broadcast: [..., n, k] × [..., k, m] → [..., n, m]. */
export const matmul = (a: Value, b: Value): Value => {
  const [n, k] = a.shape.slice(-2);
  const [inner, m] = b.shape.slice(-2);
  if (n === undefined || k === undefined || m === undefined || k !== inner) {
    throw shapeFault('MatMul', 'inner sizes differ', a.shape, b.shape);
  }
  const leading = broadcastShape('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  return emitOne('MatMul', [a, b], a.type, [...leading, n, m]);
};

/**
 * x·W + b as one node: [n, k] × [k, m] + [m] → [n, m]. With constant weights onnxruntime packs them once, which makes this
 * the fastest layer at inference; for stacked weights use {@link matmul} and an addition.
 */
export const gemm = (x: Value, weights: Value, bias: Value): Value => {
  const [n, k] = x.shape;
  const [inner, m] = weights.shape;
  const flat = x.shape.length === 2 && weights.shape.length === 2;
  if (!flat || n === undefined || m === undefined || k !== inner || bias.shape.at(-1) !== m) {
    throw shapeFault('Gemm', 'sizes do not fit', x.shape, weights.shape, bias.shape);
  }
  return emitOne('Gemm', [x, weights, bias], x.type, [n, m]);
};
