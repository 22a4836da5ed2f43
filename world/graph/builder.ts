import { assert, Fault } from '#protocols/fault.ts';
import { encodeModel } from './onnx.ts';
import type { Attributes, ElementType, GraphContent, TensorData, ValueInfo } from './onnx.ts';
import { shapeFault, sizeOf } from './shape.ts';
import type { Shape } from './shape.ts';
import { tidied } from './tidy.ts';

/** A tensor in a graph under construction: what operators take and give. */
export interface Value extends ValueInfo {
  readonly graph: GraphBuilder;
}

/** A number stands for a scalar constant of the other operand's type. */
export type Operand = Value | number;

export interface NodeRecord {
  /** Position in the order of creation over all scopes of one model. */
  readonly order: number;
  readonly operator: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** A finished model: ONNX bytes and the names, types and shapes to run it with. */
export interface BuiltGraph {
  readonly bytes: Uint8Array;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

interface Shared {
  next: number;
  readonly scalars: Map<string, Value>;
  readonly producers: Map<string, NodeRecord>;
  readonly constants: Map<string, TensorData>;
}

const typed = (type: ElementType, data: ArrayLike<number>): TensorData => {
  switch (type) {
    case 'float32':
      return Float32Array.from(data);
    case 'float64':
      return Float64Array.from(data);
    case 'int32':
      return Int32Array.from(data);
    case 'int64':
      return BigInt64Array.from(Array.from(data, BigInt));
    case 'bool':
      return Uint8Array.from(data);
  }
};

/**
 * An ONNX graph under construction. Shapes are static and checked as the graph grows, so a mistake shows at the line that
 * made it. Operators are free functions (`elementwise.ts`, `linear.ts`, `layout.ts`, `reduce.ts`, `loop.ts`); each
 * emits its node into the innermost scope of its operands, so what does not depend on a loop's state leaves the loop by itself.
 *
 * ```ts
 * const graph = new GraphBuilder('affine');
 * const x = graph.input('x', [8, 3]);
 * const weights = graph.constant(data, [3, 2]);
 * graph.output('y', tanh(add(matmul(x, weights), 1)));
 * const session = await createSession(graph.build());
 * ```
 *
 * Throws Fault `graph-shape` (shapes that do not fit), `graph-scope` (a value used outside the loop body it lives in).
 */
export class GraphBuilder implements GraphContent {
  readonly name: string;
  /** The element type that `input` and `constant` default to; float64 serves gradient checks. */
  readonly real: 'float32' | 'float64';
  readonly parent: GraphBuilder | undefined;
  readonly depth: number;
  readonly nodes: NodeRecord[] = [];
  readonly initializers: (Value & { readonly data: TensorData })[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly #shared: Shared;

  constructor(name: string, options: { real?: 'float32' | 'float64'; parent?: GraphBuilder } = {}) {
    this.name = name;
    this.parent = options.parent;
    this.real = options.real ?? options.parent?.real ?? 'float32';
    this.depth = options.parent === undefined ? 0 : options.parent.depth + 1;
    this.#shared =
      options.parent === undefined
        ? { next: 0, scalars: new Map(), producers: new Map(), constants: new Map() }
        : options.parent.#shared;
  }

  get root(): GraphBuilder {
    return this.parent === undefined ? this : this.parent.root;
  }

  /** A named input, fed at every run (or, in a loop body, by the loop). */
  input(name: string, shape: Shape, type: ElementType = this.real): Value {
    const value: Value = { graph: this, name, type, shape };
    this.inputs.push(value);
    return value;
  }

  /** A tensor stored in the model (row-major); constants always live in the outermost graph. */
  constant(data: ArrayLike<number>, shape: Shape, type: ElementType = this.real): Value {
    const { root } = this;
    if (data.length !== sizeOf(shape)) {
      throw shapeFault('constant', `${data.length} numbers do not fill the shape`, shape);
    }
    const value = { graph: root, name: this.freshName('c'), type, shape, data: typed(type, data) };
    root.initializers.push(value);
    this.#shared.constants.set(value.name, value.data);
    return value;
  }

  /** A scalar constant; equal scalars are stored once. */
  scalar(number: number, type: ElementType = this.real): Value {
    const key = `${type}:${Object.is(number, -0) ? '-0' : number}`;
    const known = this.#shared.scalars.get(key);
    if (known !== undefined) return known;
    const value = this.constant([number], [], type);
    this.#shared.scalars.set(key, value);
    return value;
  }

  /** Emits one node; operators call this. Returns its outputs, in order. */
  emit(
    operator: string,
    inputs: readonly Value[],
    outputs: readonly { type: ElementType; shape: Shape }[],
    attributes: Attributes = {},
  ): Value[] {
    const values = outputs.map(({ type, shape }) => {
      if (shape.some((axis) => !Number.isInteger(axis) || axis < 0)) {
        throw shapeFault(operator, 'not a shape', shape);
      }
      return { graph: this, name: this.freshName('v'), type, shape };
    });
    const order = this.#shared.next;
    const record: NodeRecord = { order, operator, inputs, outputs: values, attributes };
    this.nodes.push(record);
    for (const value of values) this.#shared.producers.set(value.name, record);
    return values;
  }

  /** Declares `value` an output under `name` (an Identity node carries the name). */
  output(name: string, value: Value): void {
    assert(!this.outputs.some((known) => known.name === name), `output ${name} is declared once`);
    const named: Value = { graph: this, name, type: value.type, shape: value.shape };
    this.nodes.push({
      order: this.#shared.next,
      operator: 'Identity',
      inputs: [value],
      outputs: [named],
      attributes: {},
    });
    this.outputs.push(named);
  }

  /** The node that made `value`; undefined for inputs and constants. */
  producerOf(value: Value): NodeRecord | undefined {
    return this.#shared.producers.get(value.name);
  }

  /** The numbers of a constant; undefined for anything else. */
  constantData(value: Value): TensorData | undefined {
    return this.#shared.constants.get(value.name);
  }

  /** A name used nowhere else in the model, subgraphs included. */
  freshName(prefix: string): string {
    this.#shared.next += 1;
    return `${prefix}${this.#shared.next}`;
  }

  /** ONNX bytes (opset 18) and the signature to run them with. */
  build(): BuiltGraph {
    return { bytes: encodeModel(tidied(this)), inputs: this.inputs, outputs: this.outputs };
  }
}

const encloses = (outer: GraphBuilder, inner: GraphBuilder): boolean => {
  let scope: GraphBuilder | undefined = inner;
  while (scope !== undefined && scope !== outer) scope = scope.parent;
  return scope === outer;
};

/** The innermost scope among `values`: where a node over them must be emitted. Throws Fault `graph-scope`. */
export const scopeOf = (values: readonly Value[]): GraphBuilder => {
  const [first] = values;
  assert(first !== undefined, 'an operator has operands');
  let deepest = first.graph;
  for (const { graph } of values) if (graph.depth > deepest.depth) deepest = graph;
  for (const value of values) {
    if (!encloses(value.graph, deepest)) {
      throw new Fault('graph-scope', `${value.name} is not visible in ${deepest.name}`, {
        data: { value: value.name, scope: deepest.name },
        remedy: 'carry it through the loop as state or as a scan output',
      });
    }
  }
  return deepest;
};

/** Emits a node with one output into the innermost scope of its operands. */
export const emitOne = (
  operator: string,
  inputs: readonly Value[],
  type: ElementType,
  shape: Shape,
  attributes: Attributes = {},
): Value => {
  const [value] = scopeOf(inputs).emit(operator, inputs, [{ type, shape }], attributes);
  assert(value !== undefined, 'emit returns what it was asked for');
  return value;
};

/** Both operands as values of one element type; at least one must be a Value already. */
export const liftPair = (operator: string, a: Operand, b: Operand): [Value, Value] => {
  if (typeof a === 'number') {
    assert(typeof b !== 'number', `${operator} has a tensor operand`);
    return [b.graph.scalar(a, b.type), b];
  }
  if (typeof b === 'number') return [a, a.graph.scalar(b, a.type)];
  if (a.type !== b.type)
    throw shapeFault(`${operator} of ${a.type} with ${b.type}`, 'types differ', a.shape, b.shape);
  return [a, b];
};

/** An int64 constant vector: how ONNX takes axes, sizes and bounds. */
export const int64Vector = (graph: GraphBuilder, values: readonly number[]): Value =>
  graph.constant(values, [values.length], 'int64');
