import { MAX_FRAME_BYTES } from './framer.ts';

/** A packet and when it passed, Unix µs. */
export interface TlogRecord {
  unixUs: bigint;
  packet: Uint8Array;
}

const TIME_BYTES = 8;

const START_V2 = 0xfd;
const START_V1 = 0xfe;

/** 1980 to 2200: a time outside of it is none, so that the reader finds its way again after damage. */
const EARLIEST_US = 315_532_800_000_000n;
const LATEST_US = 7_258_118_400_000_000n;

/**
 * One record of a telemetry log as QGroundControl, MAVProxy and MAVSDK write it: an 8-byte big-endian
 * Unix time in µs, then the packet as it was on the wire.
 */
export const encodeTlogRecord = ({ unixUs, packet }: TlogRecord): Uint8Array => {
  const bytes = new Uint8Array(TIME_BYTES + packet.length);
  new DataView(bytes.buffer).setBigUint64(0, unixUs);
  bytes.set(packet, TIME_BYTES);
  return bytes;
};

/** Bytes of the packet that begins here, from its header; 0 when it cannot be one. */
const packetLength = (bytes: Uint8Array, at: number): number => {
  const payload = bytes[at + 1] ?? 0;
  if (bytes[at] === START_V1) return payload + 8;
  if (bytes[at] !== START_V2) return 0;
  const flags = bytes[at + 2] ?? 0;
  if ((flags & ~1) !== 0) return 0;
  return payload + 12 + (flags === 1 ? 13 : 0);
};

/**
 * Reads a telemetry log piece by piece: {@link TlogReader.push}, then {@link TlogReader.next} until it
 * has nothing. Hostile bytes cost one byte each: where a time or a start marker makes no sense it
 * moves on by one. It holds less than one record between pieces. MAVLink 1 packets come out too;
 * checksums are the framer's business.
 */
export class TlogReader {
  /** Bytes that belong to no record. */
  bytesSkipped = 0;
  #held = new Uint8Array(0);
  #at = 0;

  push(bytes: Uint8Array): void {
    const rest = this.#held.subarray(this.#at);
    const joined = new Uint8Array(rest.length + bytes.length);
    joined.set(rest);
    joined.set(bytes, rest.length);
    this.#held = joined;
    this.#at = 0;
  }

  /** The next record, its packet a copy; undefined when more bytes are needed. */
  next(): TlogRecord | undefined {
    const view = new DataView(this.#held.buffer);
    while (this.#at + TIME_BYTES + 3 <= this.#held.length) {
      const unixUs = view.getBigUint64(this.#at);
      const start = this.#at + TIME_BYTES;
      const length = packetLength(this.#held, start);
      if (length === 0 || unixUs < EARLIEST_US || unixUs > LATEST_US) {
        this.#at += 1;
        this.bytesSkipped += 1;
        continue;
      }
      if (start + length > this.#held.length) return undefined;
      this.#at = start + length;
      return { unixUs, packet: this.#held.slice(start, start + length) };
    }
    return undefined;
  }

  /** Bytes left over at the end of the file: a record that was cut off. */
  get bytesLeft(): number {
    return this.#held.length - this.#at;
  }
}

/** The longest record there is. */
export const MAX_TLOG_RECORD_BYTES = TIME_BYTES + MAX_FRAME_BYTES;
