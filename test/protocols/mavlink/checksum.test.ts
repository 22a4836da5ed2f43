import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { packetChecksum } from '#protocols/mavlink/checksum.ts';

/** CRC-16/MCRF4XX bit by bit, straight from its definition. */
const bitwise = (bytes: Iterable<number>): number => {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
};

test('the check value of CRC-16/MCRF4XX: 0x6f91 over "123456789"', () => {
  const text = Buffer.from('12345678');
  expect(packetChecksum(text, 0, text.length, '9'.charCodeAt(0))).toBe(0x6f91);
});

test('four bytes at a time give what one bit at a time gives, wherever the packet lies', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.nat(255), (bytes, cut, extra) => {
      const start = bytes.length === 0 ? 0 : cut % bytes.length;
      expect(packetChecksum(bytes, start, bytes.length, extra)).toBe(
        bitwise([...bytes.subarray(start), extra]),
      );
    }),
  );
});
