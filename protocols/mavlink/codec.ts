import { REGISTRY as COMMON } from 'mavlink-mappings/dist/lib/common.js';
import { REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { packetChecksum } from './checksum.ts';
import { FieldReaders } from './field-reader.ts';
import { FieldWriters } from './field-writer.ts';
import type { Frame } from './framer.ts';

/**
 * Only the dialects that PX4 speaks are loaded, and by file: the whole of node-mavlink costs
 * 12 MB more resident memory, of which the pilot has little.
 */
const CLASSES: ReadonlyMap<number, MavLinkDataConstructor<MavLinkData>> = new Map(
  [MINIMAL, STANDARD, COMMON].flatMap((registry) =>
    Object.values(registry).map((definition) => [definition.MSG_ID, definition]),
  ),
);

/** For all decoders: no message is read while another one is. */
const readers = new FieldReaders();

const HEADER_BYTES = 10;
const CHECKSUM_BYTES = 2;

/** A message's name and its payload's full length; undefined when no class is known for its id. */
export const messageShape = (msgid: number): { name: string; payloadBytes: number } | undefined => {
  const definition = CLASSES.get(msgid);
  if (definition === undefined) return undefined;
  return { name: definition.MSG_NAME, payloadBytes: definition.PAYLOAD_LENGTH };
};

/**
 * The message in a frame, its fields as mavlink-mappings names them (uint64 as bigint, arrays new).
 * Undefined when no class is known for its id. Zeros cut off on the wire are put back, and bytes
 * beyond the known fields (a newer dialect's) are ignored. The values themselves are hostile still:
 * floats may be NaN or infinite, enum fields may hold any number.
 */
export const decode = (frame: Frame): MavLinkData | undefined => {
  const definition = CLASSES.get(frame.msgid);
  if (definition === undefined) return undefined;
  return readers.read(frame.payload, definition);
};

/** Length after MAVLink 2's truncation: trailing zeros go, the first byte always stays. */
const truncatedLength = (packet: Uint8Array, payloadLength: number): number => {
  let length = payloadLength;
  while (length > 1 && packet[HEADER_BYTES + length - 1] === 0) length -= 1;
  return length;
};

/** For all encoders: no message is written while another one is. */
const writers = new FieldWriters(HEADER_BYTES + 255 + CHECKSUM_BYTES, HEADER_BYTES);

/**
 * Turns messages into MAVLink 2 packets, unsigned, payloads truncated, from one component.
 * Each encoder counts its own sequence: one for every link, or receivers see gaps.
 */
export class Encoder {
  readonly #sysid: number;
  readonly #compid: number;
  #sequence = 0;

  constructor(sysid: number, compid: number) {
    this.#sysid = sysid;
    this.#compid = compid;
  }

  /** Throws the Fault `mavlink-unencodable` for a value that its field cannot hold. */
  encode(message: MavLinkData): Uint8Array {
    const definition = message.constructor as MavLinkDataConstructor<MavLinkData>;
    writers.write(message, definition);
    const packet = writers.bytes;
    const payloadLength = truncatedLength(packet, definition.PAYLOAD_LENGTH);
    packet[0] = 0xfd;
    packet[1] = payloadLength;
    packet[4] = this.#sequence;
    packet[5] = this.#sysid;
    packet[6] = this.#compid;
    packet[7] = definition.MSG_ID;
    packet[8] = definition.MSG_ID >> 8;
    packet[9] = definition.MSG_ID >> 16;
    const payloadEnd = HEADER_BYTES + payloadLength;
    const checksum = packetChecksum(packet, 1, payloadEnd, definition.MAGIC_NUMBER);
    packet[payloadEnd] = checksum;
    packet[payloadEnd + 1] = checksum >> 8;
    this.#sequence = (this.#sequence + 1) & 0xff;
    return packet.slice(0, payloadEnd + CHECKSUM_BYTES);
  }
}
