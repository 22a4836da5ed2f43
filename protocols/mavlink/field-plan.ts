import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { FrameView } from './framer.ts';

/** A MAVLink scalar: how it is read, and its bytes. */
interface Kind {
  readonly code: number;
  readonly bytes: number;
}

const U8 = 0;
const I8 = 1;
const U16 = 2;
const I16 = 3;
const U32 = 4;
const I32 = 5;
const U64 = 6;
const I64 = 7;
const F32 = 8;
const F64 = 9;

/** By MAVLink's names; text and the version field are bytes. */
const KINDS: Readonly<Record<string, Kind>> = {
  char: { code: U8, bytes: 1 },
  uint8_t: { code: U8, bytes: 1 },
  uint8_t_mavlink_version: { code: U8, bytes: 1 },
  int8_t: { code: I8, bytes: 1 },
  uint16_t: { code: U16, bytes: 2 },
  int16_t: { code: I16, bytes: 2 },
  uint32_t: { code: U32, bytes: 4 },
  int32_t: { code: I32, bytes: 4 },
  uint64_t: { code: U64, bytes: 8 },
  int64_t: { code: I64, bytes: 8 },
  float: { code: F32, bytes: 4 },
  double: { code: F64, bytes: 8 },
};

/** How one message's fields lie on the wire, made once, for {@link readFields}. */
export interface FieldPlan<Name extends string = string> {
  readonly msgid: number;
  /** Numbers that {@link readFields} fills in: one a scalar, one an element of an array. */
  readonly size: number;
  /** Where a field's number, or an array's first, comes to lie. */
  readonly index: Readonly<Record<Name, number>>;
  readonly wireBytes: number;
  readonly codes: Uint8Array;
  readonly offsets: Uint8Array;
}

type FieldName<M> = Exclude<Extract<keyof M, string>, keyof MavLinkData>;

/** The plan of a message of mavlink-mappings. */
export const fieldPlan = <M extends MavLinkData>(
  definition: MavLinkDataConstructor<M>,
): FieldPlan<FieldName<M>> => {
  const index: Record<string, number> = {};
  const codes: number[] = [];
  const offsets: number[] = [];
  for (const field of definition.FIELDS) {
    index[field.name] = codes.length;
    const kind = KINDS[field.type.replace('[]', '')]!;
    const count = field.type.endsWith('[]') ? field.length : 1;
    for (let element = 0; element < count; element += 1) {
      codes.push(kind.code);
      offsets.push(field.offset + element * kind.bytes);
    }
  }
  return {
    msgid: definition.MSG_ID,
    size: codes.length,
    index: index as Record<FieldName<M>, number>,
    wireBytes: definition.PAYLOAD_LENGTH,
    codes: Uint8Array.from(codes),
    offsets: Uint8Array.from(offsets),
  };
};

/** One payload with the zeros that were cut off on the wire put back. */
const scratch = new Uint8Array(512);
const view = new DataView(scratch.buffer);

/**
 * Reads every field of a packet into `into` (at least `plan.size` long) without building an object:
 * nothing is allocated, for loops that must not wake the garbage collector. Numbers are hostile
 * still: floats may be NaN or infinite. Of 64-bit integers the bits beyond 2^53 are rounded.
 */
export const readFields = (
  frame: Pick<FrameView, 'buffer' | 'payloadAt' | 'payloadLength'>,
  plan: FieldPlan,
  into: Float64Array,
): void => {
  const { codes, offsets, wireBytes, size } = plan;
  const { buffer, payloadAt } = frame;
  const sent = Math.min(frame.payloadLength, wireBytes);
  for (let at = 0; at < sent; at += 1) scratch[at] = buffer[payloadAt + at]!;
  for (let at = sent; at < wireBytes; at += 1) scratch[at] = 0;
  for (let field = 0; field < size; field += 1) {
    into[field] = read(codes[field]!, offsets[field]!);
  }
};

const read = (code: number, offset: number): number => {
  switch (code) {
    case F32:
      return view.getFloat32(offset, true);
    case U32:
      return view.getUint32(offset, true);
    case I32:
      return view.getInt32(offset, true);
    case U16:
      return view.getUint16(offset, true);
    case I16:
      return view.getInt16(offset, true);
    case I8:
      return view.getInt8(offset);
    case F64:
      return view.getFloat64(offset, true);
    case U64:
      return view.getUint32(offset + 4, true) * 4_294_967_296 + view.getUint32(offset, true);
    case I64:
      return view.getInt32(offset + 4, true) * 4_294_967_296 + view.getUint32(offset, true);
    default:
      return scratch[offset]!;
  }
};
