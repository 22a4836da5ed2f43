import { MavLinkPacketField } from 'mavlink-mappings/dist/lib/mavlink.js';

const SIZES = {
  char: 1,
  uint8_t: 1,
  int8_t: 1,
  uint16_t: 2,
  int16_t: 2,
  uint32_t: 4,
  int32_t: 4,
  float: 4,
  uint64_t: 8,
  double: 8,
} as const;

type ScalarType = keyof typeof SIZES;

/** A field in the order of the wire: its name, its type, and how many if it is an array. */
type FieldSpec = readonly [name: string, type: ScalarType, length?: number];

/** Field definitions of a message that mavlink-mappings lacks, each right behind the one before. */
export const defineFields = (specs: readonly FieldSpec[]): MavLinkPacketField[] => {
  let offset = 0;
  return specs.map(([name, type, length]) => {
    const size = SIZES[type];
    const spelt = length === undefined ? type : `${type}[]`;
    const field = new MavLinkPacketField(name, name, offset, false, size, spelt, '', length ?? 0);
    offset += size * (length ?? 1);
    return field;
  });
};

/** Bytes of all fields together. */
export const payloadLength = (fields: readonly MavLinkPacketField[]): number => {
  const last = fields.at(-1)!;
  return last.offset + last.size * Math.max(1, last.length);
};
