/**
 * CRC-16/MCRF4XX, reflected polynomial 0x8408 (MAVLink serialization guide). Entry `t * 256 + b` is the
 * remainder of byte `b` with `t` zero bytes behind it, so that four bytes take one step (slicing-by-4,
 * Kounavis and Berry 2005).
 */
const TABLE = new Uint16Array(4 * 256);

for (let byte = 0; byte < 256; byte += 1) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0x8408 : remainder >>> 1;
  }
  TABLE[byte] = remainder;
}
for (let at = 256; at < TABLE.length; at += 1) {
  const before = TABLE[at - 256]!;
  TABLE[at] = (before >>> 8) ^ TABLE[before & 0xff]!;
}

/**
 * Checksum of a packet: `bytes[start, end)` (everything between the start byte and the checksum),
 * then the CRC extra of its message, which makes two dialects that disagree on a layout disagree here.
 */
export const packetChecksum = (
  bytes: Uint8Array,
  start: number,
  end: number,
  crcExtra: number,
): number => {
  let crc = 0xffff;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc =
      TABLE[768 + ((crc ^ bytes[at]!) & 0xff)]! ^
      TABLE[512 + (((crc >>> 8) ^ bytes[at + 1]!) & 0xff)]! ^
      TABLE[256 + bytes[at + 2]!]! ^
      TABLE[bytes[at + 3]!]!;
  }
  for (; at < end; at += 1) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return (crc >>> 8) ^ TABLE[(crc ^ crcExtra) & 0xff]!;
};
