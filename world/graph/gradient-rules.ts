import { assert } from '#protocols/fault.ts';
import { emitOne, int64Vector } from './builder.ts';
import type { NodeRecord, Value } from './builder.ts';
import * as op from './elementwise.ts';
import { concat, expand, reshape, slice, transpose } from './layout.ts';
import { matmul } from './linear.ts';
import { cumSum, reduceSum } from './reduce.ts';
import { sameShape } from './shape.ts';
import type { Shape } from './shape.ts';

/**
 * One rule per ONNX operator: from the gradients at a node's outputs to those at its inputs.
 * Each input's gradient is a thunk, so that only the wanted ones put nodes into the graph.
 */
type Contribution = (() => Value) | undefined;
type Rule = (record: NodeRecord, incoming: readonly (Value | undefined)[]) => Contribution[];
type SimpleRule = (at: {
  inputs: readonly Value[];
  y: Value;
  g: Value;
  record: NodeRecord;
}) => Contribution[];

/** A rule for operators with a single output. */
const simple =
  (rule: SimpleRule): Rule =>
  (record, [g]) => {
    const [y] = record.outputs;
    assert(g !== undefined && y !== undefined, `${record.operator} has one output`);
    return rule({ inputs: record.inputs, y, g, record });
  };

/** Undoes a broadcast: sums `g` over the axes along which `shape` was repeated. */
const sumTo = (g: Value, shape: Shape): Value => {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < extra || (shape[axis - extra] === 1 && g.shape[axis] !== 1));
  return reshape(reduceSum(g, axes), shape);
};

const unary = (derivative: (x: Value, y: Value, g: Value) => Value): Rule =>
  simple(({ inputs: [x], y, g }) => [() => derivative(x!, y, g)]);

const binary = (
  left: (a: Value, b: Value, g: Value, y: Value) => Value,
  right: (a: Value, b: Value, g: Value, y: Value) => Value,
): Rule =>
  simple(({ inputs: [a, b], y, g }) => [
    () => sumTo(left(a!, b!, g, y), a!.shape),
    () => sumTo(right(a!, b!, g, y), b!.shape),
  ]);

const swapLast = (x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  const [row, column] = axes.slice(-2);
  assert(row !== undefined && column !== undefined, 'a matrix has two axes');
  return transpose(x, [...axes.slice(0, -2), column, row]);
};

const constantInts = (value: Value | undefined): number[] => {
  const data = value?.graph.constantData(value);
  assert(data !== undefined, 'axes and bounds are constants of the builder');
  return Array.from(data, Number);
};

const intAttribute = (record: NodeRecord, name: string): number => {
  const attribute = record.attributes[name];
  assert(attribute?.kind === 'int', `${record.operator} has the attribute ${name}`);
  return attribute.value;
};

/** The shape that a reduction would have kept with size-one axes. */
const keptShape = (x: Value, axes: readonly number[]): Shape =>
  x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));

const reductionSum = (mean: boolean): Rule =>
  simple(({ inputs: [x, axesValue], g }) => [
    () => {
      const axes = constantInts(axesValue);
      const count = mean ? axes.reduce((size, axis) => size * (x!.shape[axis] ?? 1), 1) : 1;
      const scaled = count === 1 ? g : op.multiply(g, 1 / count);
      return expand(reshape(scaled, keptShape(x!, axes)), x!.shape);
    },
  ]);

/** The best entry takes the gradient; entries that tie share it. */
const reductionBest: Rule = simple(({ inputs: [x, axesValue], y, g }) => [
  () => {
    const axes = constantInts(axesValue);
    const kept = keptShape(x!, axes);
    const best = op.cast(op.equal(x!, reshape(y, kept)), x!.type);
    const share = op.divide(best, reduceSum(best, axes, true));
    return op.multiply(share, reshape(g, kept));
  },
]);

const padded = (g: Value, axis: number, before: number, after: number): Value => {
  const shape = g.shape.map((size, index) => (index === axis ? size + before + after : size));
  const pads = [
    ...g.shape.map((_, i) => (i === axis ? before : 0)),
    ...g.shape.map((_, i) => (i === axis ? after : 0)),
  ];
  return emitOne('Pad', [g, int64Vector(g.graph, pads)], g.type, shape);
};

const concatRule: Rule = simple(({ inputs, g, record }) => {
  const axis = intAttribute(record, 'axis');
  let end = 0;
  return inputs.map((input) => {
    const start = end;
    end += input.shape[axis] ?? 0;
    const stop = end;
    return () => slice(g, axis, start, stop);
  });
});

const sliceRule: Rule = simple(({ inputs: [x, starts, ends, axes], g }) => [
  () => {
    const [[start], [end], [axis]] = [constantInts(starts), constantInts(ends), constantInts(axes)];
    assert(start !== undefined && end !== undefined && axis !== undefined, 'a slice has bounds');
    return padded(g, axis, start, (x!.shape[axis] ?? 0) - end);
  },
]);

const splitRule: Rule = (record, incoming) => [
  () => {
    const pieces = record.outputs.map(
      (output, index) =>
        incoming[index] ?? expand(output.graph.scalar(0, output.type), output.shape),
    );
    return concat(pieces, intAttribute(record, 'axis'));
  },
];

const tileRule: Rule = simple(({ inputs: [x, repeatsValue], g }) => [
  () => {
    const repeats = constantInts(repeatsValue);
    const folded = x!.shape.flatMap((size, axis) => [repeats[axis] ?? 1, size]);
    return reduceSum(
      reshape(g, folded),
      x!.shape.map((_, axis) => 2 * axis),
    );
  },
]);

const transposeRule: Rule = simple(({ g, record }) => [
  () => {
    const permutation = record.attributes['perm'];
    assert(permutation?.kind === 'ints', 'a transpose names its permutation');
    const inverse = permutation.value.map((_, axis) => permutation.value.indexOf(axis));
    return transpose(g, inverse);
  },
]);

const whereRule: Rule = simple(({ inputs: [condition, yes, no], g }) => [
  undefined,
  () => sumTo(op.where(condition!, g, 0), yes!.shape),
  () => sumTo(op.where(condition!, 0, g), no!.shape),
]);

const clipRule: Rule = simple(({ inputs: [x, low, high], g }) => [
  () => op.where(op.and(op.greaterOrEqual(x!, low!), op.greaterOrEqual(high!, x!)), g, 0),
]);

const matmulRule = binary(
  (_, b, g) => matmul(g, swapLast(b)),
  (a, _, g) => matmul(swapLast(a), g),
);

const gemmRule: Rule = simple(({ inputs: [x, weights, bias], g }) => [
  () => matmul(g, swapLast(weights!)),
  () => matmul(swapLast(x!), g),
  () => sumTo(g, bias!.shape),
]);

const softmaxRule: Rule = simple(({ y, g, record }) => [
  () => {
    const weighted = op.multiply(g, y);
    const axis = intAttribute(record, 'axis');
    return op.subtract(weighted, op.multiply(y, reduceSum(weighted, [axis], true)));
  },
]);

const cumSumRule: Rule = simple(({ inputs: [, axisValue], g, record }) => [
  () => cumSum(g, constantInts(axisValue)[0] ?? 0, intAttribute(record, 'reverse') === 0),
]);

export const GRADIENT_RULES: Readonly<Record<string, Rule>> = {
  Add: binary(
    (_a, _b, g) => g,
    (_a, _b, g) => g,
  ),
  Sub: binary(
    (_a, _b, g) => g,
    (_a, _b, g) => op.negate(g),
  ),
  Mul: binary(
    (_, b, g) => op.multiply(g, b),
    (a, _, g) => op.multiply(g, a),
  ),
  Div: binary(
    (_, b, g) => op.divide(g, b),
    (_, b, g, y) => op.negate(op.divide(op.multiply(g, y), b)),
  ),
  Max: binary(
    (a, b, g) => op.where(op.greaterOrEqual(a, b), g, 0),
    (a, b, g) => op.where(op.greater(b, a), g, 0),
  ),
  Min: binary(
    (a, b, g) => op.where(op.greaterOrEqual(b, a), g, 0),
    (a, b, g) => op.where(op.greater(a, b), g, 0),
  ),
  Neg: unary((_x, _y, g) => op.negate(g)),
  Abs: unary((x, _, g) => op.where(op.less(x, 0), op.negate(g), g)),
  Exp: unary((_, y, g) => op.multiply(g, y)),
  Log: unary((x, _, g) => op.divide(g, x)),
  Sqrt: unary((_, y, g) => op.divide(op.multiply(g, 0.5), y)),
  Sin: unary((x, _, g) => op.multiply(g, op.cos(x))),
  Cos: unary((x, _, g) => op.negate(op.multiply(g, op.sin(x)))),
  Tanh: unary((_, y, g) => op.multiply(g, op.subtract(1, op.square(y)))),
  Sigmoid: unary((_, y, g) => op.multiply(g, op.multiply(y, op.subtract(1, y)))),
  Relu: unary((x, _, g) => op.where(op.greater(x, 0), g, 0)),
  Softplus: unary((x, _, g) => op.multiply(g, op.sigmoid(x))),
  Clip: clipRule,
  Where: whereRule,
  // An Identity node on the way is a stopped gradient: see stopGradient.
  Identity: () => [undefined],
  MatMul: matmulRule,
  Gemm: gemmRule,
  Concat: concatRule,
  Slice: sliceRule,
  Split: splitRule,
  Reshape: simple(({ inputs: [x], g }) => [() => reshape(g, x!.shape)]),
  Transpose: transposeRule,
  Expand: simple(({ inputs: [x], g }) => [() => sumTo(g, x!.shape)]),
  Tile: tileRule,
  ReduceSum: reductionSum(false),
  ReduceMean: reductionSum(true),
  ReduceMax: reductionBest,
  ReduceMin: reductionBest,
  Softmax: softmaxRule,
  CumSum: cumSumRule,
};
