import { ProtoWriter } from './protobuf.ts';
import type { Shape } from './shape.ts';

/** Element types, by the names that the builder uses; the numbers are onnx.proto's TensorProto.DataType. */
const DATA_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

export type ElementType = keyof typeof DATA_TYPE;

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** A value's name, element type and shape, as ONNX's ValueInfoProto holds them. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'graph'; readonly value: GraphContent };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface NodeContent {
  readonly operator: string;
  /** Names; an empty name leaves an optional input out. */
  readonly inputs: readonly { readonly name: string }[];
  readonly outputs: readonly { readonly name: string }[];
  readonly attributes: Attributes;
}

export interface Initializer extends ValueInfo {
  readonly data: TensorData;
}

export interface GraphContent {
  readonly name: string;
  readonly nodes: readonly NodeContent[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** Opset 18 is the first in which every Reduce operator takes its axes as an input; IR version 8 goes with it. */
const OPSET_VERSION = 18;
const IR_VERSION = 8;

/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, graph: 5, ints: 7 } as const;

const dimensions = (shape: Shape): ProtoWriter => {
  const writer = new ProtoWriter();
  for (const axis of shape) writer.message(1, new ProtoWriter().int(1, axis));
  return writer;
};

const valueInfo = (value: ValueInfo): ProtoWriter => {
  const tensor = new ProtoWriter()
    .int(1, DATA_TYPE[value.type])
    .message(2, dimensions(value.shape));
  return new ProtoWriter().string(1, value.name).message(2, new ProtoWriter().message(1, tensor));
};

const tensor = (initializer: Initializer): ProtoWriter => {
  const { data } = initializer;
  // raw_data is little-endian by definition, and so is every machine that onnxruntime runs on.
  return new ProtoWriter()
    .ints(1, initializer.shape)
    .int(2, DATA_TYPE[initializer.type])
    .string(8, initializer.name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
};

const attribute = (name: string, content: Attribute): ProtoWriter => {
  const writer = new ProtoWriter().string(1, name).int(20, ATTRIBUTE_TYPE[content.kind]);
  switch (content.kind) {
    case 'float':
      return writer.float(2, content.value);
    case 'int':
      return writer.int(3, content.value);
    case 'ints':
      return writer.ints(8, content.value);
    case 'graph':
      return writer.message(6, graph(content.value));
  }
};

const node = (content: NodeContent, index: number): ProtoWriter => {
  const writer = new ProtoWriter();
  for (const input of content.inputs) writer.string(1, input.name);
  for (const output of content.outputs) writer.string(2, output.name);
  writer.string(3, `${content.operator}_${index}`).string(4, content.operator);
  for (const [name, value] of Object.entries(content.attributes)) {
    writer.message(5, attribute(name, value));
  }
  return writer;
};

const graph = (content: GraphContent): ProtoWriter => {
  const writer = new ProtoWriter();
  content.nodes.forEach((entry, index) => writer.message(1, node(entry, index)));
  writer.string(2, content.name);
  for (const initializer of content.initializers) writer.message(5, tensor(initializer));
  for (const input of content.inputs) writer.message(11, valueInfo(input));
  for (const output of content.outputs) writer.message(12, valueInfo(output));
  return writer;
};

/** Bytes of an ONNX ModelProto (onnx/onnx.proto): opset 18, weights inline. */
export const encodeModel = (content: GraphContent): Uint8Array =>
  new ProtoWriter()
    .int(1, IR_VERSION)
    .string(2, 'skein')
    .message(7, graph(content))
    .message(8, new ProtoWriter().string(1, '').int(2, OPSET_VERSION))
    .finish();
