import { Fault } from '../fault.ts';

/** ULog's magic bytes (docs.px4.io, "ULog File Format"); the version byte follows. */
const MAGIC = [0x55, 0x4c, 0x6f, 0x67, 0x01, 0x12, 0x35];
const HEADER_BYTES = 16;
/** PX4's own logs define about 140 messages, the largest of some 120 values. */
const FORMATS_MAX = 2000;
const VALUES_MAX = 20_000;
const DEPTH_MAX = 6;

const FORMAT = 'F'.charCodeAt(0);

export const unreadable = (why: string, data: Record<string, string | number> = {}): Fault =>
  new Fault('ulog-unreadable', `not a ULog file that can be read: ${why}`, {
    data,
    remedy: 'Give a .ulg file as PX4 wrote it, or download the log again.',
  });

/** Fields of `name:type[count] field;type field;…` as type and count; undefined where it is none. */
const fieldsOf = (text: string): { name: string; fields: { type: string; count: number }[] } => {
  const colon = text.indexOf(':');
  if (colon <= 0)
    throw unreadable('a message format without a name', { format: text.slice(0, 60) });
  const fields = text
    .slice(colon + 1)
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const match = /^\s*([\w/]+)(?:\[(\d{1,9})\])?\s+\w+\s*$/u.exec(part);
      if (match === null) throw unreadable('a field without a type', { field: part.slice(0, 60) });
      return { type: match[1]!, count: Number(match[2] ?? 1) };
    });
  return { name: text.slice(0, colon), fields };
};

/**
 * Bounds what a parser would be told to do before it is told: formats that nest without end or
 * multiply into millions of values would cost it hours or the memory. Throws the Fault
 * `ulog-unreadable`; says nothing about the data.
 */
export const scanUlog = (bytes: Uint8Array): void => {
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, at) => bytes[at] !== byte)) {
    throw unreadable('it does not begin as one', { bytes: bytes.length });
  }
  const formats = new Map<string, { type: string; count: number }[]>();
  const decoder = new TextDecoder();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = HEADER_BYTES; offset + 3 <= bytes.length;) {
    const size = view.getUint16(offset, true);
    if (bytes[offset + 2] === FORMAT) {
      const { name, fields } = fieldsOf(
        decoder.decode(bytes.subarray(offset + 3, offset + 3 + size)),
      );
      formats.set(name, fields);
      if (formats.size > FORMATS_MAX) throw unreadable('too many formats', { most: FORMATS_MAX });
    }
    offset += 3 + size;
  }
  for (const name of formats.keys()) measure(name, formats, 0);
};

/** How many values a message flattens to. */
const measure = (
  name: string,
  formats: ReadonlyMap<string, { type: string; count: number }[]>,
  depth: number,
): number => {
  const fields = formats.get(name);
  if (fields === undefined) return 1;
  if (depth > DEPTH_MAX) throw unreadable('its formats nest too deeply', { format: name });
  let values = 0;
  for (const { type, count } of fields) {
    if (count > VALUES_MAX) throw unreadable('an array is too long', { format: name, count });
    values += count * measure(type, formats, depth + 1);
    if (values > VALUES_MAX) throw unreadable('a message has too many values', { format: name });
  }
  return values;
};
