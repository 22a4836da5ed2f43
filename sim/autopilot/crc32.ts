/** CRC-32's table for the reflected polynomial 0xEDB88320. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb8_8320 : remainder >>> 1;
  }
  return remainder;
});

/** CRC-32 as PX4 and MAVLink FTP compute it: begun with `crc` (0 first), and not inverted. */
export const crc32 = (bytes: Uint8Array, crc = 0): number => {
  let remainder = crc;
  for (const byte of bytes) remainder = TABLE[(remainder ^ byte) & 0xff]! ^ (remainder >>> 8);
  return remainder >>> 0;
};
