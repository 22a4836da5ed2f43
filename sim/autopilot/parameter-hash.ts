import type { Parameters } from './parameters.ts';

/** CRC-32's table for the reflected polynomial 0xEDB88320. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb8_8320 : remainder >>> 1;
  }
  return remainder;
});

const bytes = new Uint8Array(4);
const view = new DataView(bytes.buffer);

/**
 * PX4's `_HASH_CHECK`: CRC-32, begun with zero and not inverted, over the name and the four bytes of
 * every parameter in order, but for those that PX4 changes by itself. Clients that know the
 * hash may spare themselves the list.
 */
export const parameterHash = (parameters: Parameters): number => {
  let crc = 0;
  const add = (byte: number): void => {
    crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  };
  for (const name of parameters.names) {
    if (parameters.isVolatile(name)) continue;
    for (let index = 0; index < name.length; index += 1) add(name.codePointAt(index)!);
    const value = parameters.find(name)!;
    if (parameters.typeOf(name) === 'int32') view.setInt32(0, value, true);
    else view.setFloat32(0, value, true);
    for (const byte of bytes) add(byte);
  }
  return crc >>> 0;
};
