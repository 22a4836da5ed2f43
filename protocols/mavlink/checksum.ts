/** CRC-16/MCRF4XX, reflected polynomial 0x8408 (MAVLink serialization guide), one table entry a byte. */
const TABLE = Uint16Array.from({ length: 256 }, (_, index) => {
  let remainder = index;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0x8408 : remainder >>> 1;
  }
  return remainder;
});

const advance = (crc: number, byte: number): number => (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;

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
  for (let index = start; index < end; index += 1) crc = advance(crc, bytes[index]!);
  return advance(crc, crcExtra);
};
