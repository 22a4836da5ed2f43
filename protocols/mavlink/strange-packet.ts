import { packetChecksum } from './checksum.ts';
import { crcExtraOf } from './crc-extra.ts';

const START_V1 = 0xfe;
const START_V2 = 0xfd;
const FLAG_SIGNED = 0x01;

/**
 * What a strict framer skips and people should hear of. mavlink1: a whole MAVLink 1 packet with the
 * right checksum. unknownMessage: the shape of a MAVLink 2 packet whose message id nobody here knows.
 */
export type StrangePacket = 'mavlink1' | 'unknownMessage';

/**
 * Whether `bytes[start, end)` begins with a packet that is sound and still not ours. Cheap on noise:
 * nearly every byte is refused by its value.
 */
export const strangePacketAt = (
  bytes: Uint8Array,
  start: number,
  end: number,
): StrangePacket | undefined => {
  const marker = bytes[start];
  if (marker === START_V1) return isMavlink1(bytes, start, end) ? 'mavlink1' : undefined;
  if (marker !== START_V2 || end - start < 12) return undefined;
  const flags = bytes[start + 2]!;
  if ((flags & ~FLAG_SIGNED) !== 0) return undefined;
  const msgid = bytes[start + 7]! | (bytes[start + 8]! << 8) | (bytes[start + 9]! << 16);
  if (crcExtraOf(msgid) !== undefined) return undefined;
  const next = start + 12 + bytes[start + 1]! + (flags === FLAG_SIGNED ? 13 : 0);
  // A checksum cannot be tried without the CRC extra: what must fit instead is where the packet ends.
  const fits = next === end || (next < end && isMarker(bytes[next]!));
  return fits ? 'unknownMessage' : undefined;
};

const isMarker = (byte: number): boolean => byte === START_V1 || byte === START_V2;

const isMavlink1 = (bytes: Uint8Array, start: number, end: number): boolean => {
  if (end - start < 8) return false;
  const payloadEnd = start + 6 + bytes[start + 1]!;
  if (payloadEnd + 2 > end) return false;
  const crcExtra = crcExtraOf(bytes[start + 5]!);
  if (crcExtra === undefined) return false;
  const checksum = bytes[payloadEnd]! | (bytes[payloadEnd + 1]! << 8);
  return packetChecksum(bytes, start + 1, payloadEnd, crcExtra) === checksum;
};
