import { broadcastShape } from './shape.ts';
import type { ElementType } from './onnx.ts';
import { emitOne, liftPair } from './builder.ts';
import type { Operand, Value } from './builder.ts';

/** Elementwise operators; two operands broadcast as in NumPy. Each function is the ONNX operator of its name. */

const unary =
  (operator: string) =>
  (x: Value): Value =>
    emitOne(operator, [x], x.type, x.shape);

const binary =
  (operator: string) =>
  (a: Operand, b: Operand): Value => {
    const [left, right] = liftPair(operator, a, b);
    const shape = broadcastShape(operator, left.shape, right.shape);
    return emitOne(operator, [left, right], left.type, shape);
  };

const comparison =
  (operator: string) =>
  (a: Operand, b: Operand): Value => {
    const [left, right] = liftPair(operator, a, b);
    const shape = broadcastShape(operator, left.shape, right.shape);
    return emitOne(operator, [left, right], 'bool', shape);
  };

export const add = binary('Add');
export const subtract = binary('Sub');
export const multiply = binary('Mul');
export const divide = binary('Div');
/** The larger of two, element by element. */
export const maximum = binary('Max');
/** The smaller of two, element by element. */
export const minimum = binary('Min');

export const negate = unary('Neg');
export const absolute = unary('Abs');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
export const sin = unary('Sin');
export const cos = unary('Cos');
export const tanh = unary('Tanh');
export const sigmoid = unary('Sigmoid');
export const relu = unary('Relu');
/** ln(1 + eˣ). */
export const softplus = unary('Softplus');
/** Sum of `x` with itself squared costs one node, so squares are products. */
export const square = (x: Value): Value => multiply(x, x);

export const greater = comparison('Greater');
export const less = comparison('Less');
export const greaterOrEqual = comparison('GreaterOrEqual');
export const equal = comparison('Equal');

/** Both bool. */
export const and = (a: Value, b: Value): Value =>
  emitOne('And', [a, b], 'bool', broadcastShape('And', a.shape, b.shape));
/** Both bool. */
export const or = (a: Value, b: Value): Value =>
  emitOne('Or', [a, b], 'bool', broadcastShape('Or', a.shape, b.shape));
export const not = (a: Value): Value => emitOne('Not', [a], 'bool', a.shape);

/** `x` limited to [low, high]; the gradient is zero where it was limited. */
export const clip = (x: Value, low: number, high: number): Value =>
  emitOne('Clip', [x, x.graph.scalar(low, x.type), x.graph.scalar(high, x.type)], x.type, x.shape);

/** `yes` where `condition` (bool), else `no`; all three broadcast. */
export const where = (condition: Value, yes: Operand, no: Operand): Value => {
  const [left, right] = liftPair('Where', yes, no);
  const branches = broadcastShape('Where', left.shape, right.shape);
  const shape = broadcastShape('Where', condition.shape, branches);
  return emitOne('Where', [condition, left, right], left.type, shape);
};

const CAST_TO: Record<ElementType, number> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

export const cast = (x: Value, type: ElementType): Value =>
  emitOne('Cast', [x], type, x.shape, { to: { kind: 'int', value: CAST_TO[type] } });

/** The same numbers, cut off from the gradient (a constant as far as training is concerned). */
export const stopGradient = (x: Value): Value => emitOne('Identity', [x], x.type, x.shape);
