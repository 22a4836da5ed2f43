import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { FrameView } from './framer.ts';

const U8 = 0;
const I8 = 1;
const U16 = 2;
const I16 = 3;
const U32 = 4;
const I32 = 5;
const F32 = 6;
const F64 = 7;

const BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 8];

/** By MAVLink's names, lowest byte first: 64-bit integers are two words, text and versions are bytes. */
const KINDS: Readonly<Record<string, readonly number[]>> = {
  char: [U8],
  uint8_t: [U8],
  uint8_t_mavlink_version: [U8],
  int8_t: [I8],
  uint16_t: [U16],
  int16_t: [I16],
  uint32_t: [U32],
  int32_t: [I32],
  uint64_t: [U32, U32],
  int64_t: [U32, I32],
  float: [F32],
  double: [F64],
};

/** More than any message has: a payload's 255 bytes, each a field. */
export const MAX_FIELD_NUMBERS = 256;

/** How one message's fields lie on the wire, made once, for {@link readFields}. */
export interface FieldPlan<Name extends string = string> {
  readonly msgid: number;
  /** Numbers that {@link readFields} fills in: one an element, two for a 64-bit integer, so that none is rounded. */
  readonly size: number;
  /** Where a field's number, or an array's first, comes to lie; a 64-bit integer's low word, its high one next. */
  readonly index: Readonly<Record<Name, number>>;
  readonly wireBytes: number;
  /** Numbers of one kind that lie side by side are a run: MAVLink orders fields by size, so runs are few. */
  readonly kinds: Uint8Array;
  readonly counts: Uint8Array;
  readonly offsets: Uint8Array;
}

type FieldName<M> = Exclude<Extract<keyof M, string>, keyof MavLinkData>;

interface Run {
  kind: number;
  count: number;
  offset: number;
}

/** The plan of a message of mavlink-mappings. */
export const fieldPlan = <M extends MavLinkData>(
  definition: MavLinkDataConstructor<M>,
): FieldPlan<FieldName<M>> => {
  const index: Record<string, number> = {};
  const runs: Run[] = [];
  let size = 0;
  for (const field of definition.FIELDS.toSorted((one, other) => one.offset - other.offset)) {
    index[field.name] = size;
    const words = KINDS[field.type.replace('[]', '')]!;
    const elements = field.type.endsWith('[]') ? field.length : 1;
    let { offset } = field;
    for (let at = 0; at < elements * words.length; at += 1) {
      const kind = words[at % words.length]!;
      extend(runs, kind, offset);
      offset += BYTES[kind]!;
      size += 1;
    }
  }
  return {
    msgid: definition.MSG_ID,
    size,
    index: index as Record<FieldName<M>, number>,
    wireBytes: definition.PAYLOAD_LENGTH,
    kinds: Uint8Array.from(runs, ({ kind }) => kind),
    counts: Uint8Array.from(runs, ({ count }) => count),
    offsets: Uint8Array.from(runs, ({ offset }) => offset),
  };
};

const extend = (runs: Run[], kind: number, offset: number): void => {
  const last = runs.at(-1);
  const end = last === undefined ? -1 : last.offset + last.count * (BYTES[last.kind] ?? 0);
  if (last?.kind === kind && end === offset) last.count += 1;
  else runs.push({ kind, count: 1, offset });
};

/** A payload with the zeros that were cut off on the wire put back. */
const scratch = new Uint8Array(256);
const scratchView = new DataView(scratch.buffer);

/**
 * Reads every field of a packet into `into` (at least `plan.size` long) without building an object:
 * nothing is allocated, for loops that must not wake the garbage collector. The packet must be of the
 * plan's message; bytes beyond the known fields are ignored. Numbers are hostile still: floats may
 * be NaN or infinite.
 */
export const readFields = (
  { buffer, data, payloadAt, payloadLength }: Readonly<FrameView>,
  plan: FieldPlan,
  into: Float64Array,
): void => {
  if (payloadLength >= plan.wireBytes) readRuns(data, payloadAt, plan, into);
  else readTruncated(buffer, payloadAt, payloadLength, plan, into);
};

/** As {@link readFields}, of a packet that has left its framer. */
export const readPayload = (payload: Uint8Array, plan: FieldPlan, into: Float64Array): void => {
  readTruncated(payload, 0, Math.min(payload.length, plan.wireBytes), plan, into);
};

const readTruncated = (
  bytes: Uint8Array,
  start: number,
  length: number,
  plan: FieldPlan,
  into: Float64Array,
): void => {
  for (let at = 0; at < length; at += 1) scratch[at] = bytes[start + at]!;
  for (let at = length; at < plan.wireBytes; at += 1) scratch[at] = 0;
  readRuns(scratchView, 0, plan, into);
};

const readRuns = (view: DataView, base: number, plan: FieldPlan, into: Float64Array): void => {
  const { kinds, counts, offsets } = plan;
  let slot = 0;
  for (let run = 0; run < kinds.length; run += 1) {
    const end = slot + counts[run]!;
    let at = base + offsets[run]!;
    switch (kinds[run]) {
      case F32:
        for (; slot < end; slot += 1, at += 4) into[slot] = view.getFloat32(at, true);
        break;
      case U32:
        for (; slot < end; slot += 1, at += 4) into[slot] = view.getUint32(at, true);
        break;
      case I32:
        for (; slot < end; slot += 1, at += 4) into[slot] = view.getInt32(at, true);
        break;
      case U16:
        for (; slot < end; slot += 1, at += 2) into[slot] = view.getUint16(at, true);
        break;
      case I16:
        for (; slot < end; slot += 1, at += 2) into[slot] = view.getInt16(at, true);
        break;
      case I8:
        for (; slot < end; slot += 1, at += 1) into[slot] = view.getInt8(at);
        break;
      case F64:
        for (; slot < end; slot += 1, at += 8) into[slot] = view.getFloat64(at, true);
        break;
      default:
        for (; slot < end; slot += 1, at += 1) into[slot] = view.getUint8(at);
    }
  }
};
