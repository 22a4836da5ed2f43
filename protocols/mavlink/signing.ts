import { createHash, timingSafeEqual } from 'node:crypto';
import { packetChecksum } from './checksum.ts';
import { crcExtraOf } from './crc-extra.ts';
import type { Frame } from './framer.ts';
import type { SigningState, SignedStream } from './signing-state.ts';

export const SIGNING_KEY_BYTES = 32;

const SIGNATURE_BYTES = 13;
const FLAG_SIGNED = 0x01;

/** 2015-01-01T00:00:00Z in Unix µs: where MAVLink's signing time begins. */
const EPOCH_UNIX_US = 1_420_070_400_000_000n;

/** One unit of signing time, µs. */
const UNIT_US = 10n;

/**
 * A stream that was never heard may lag our own time by a minute at most (MAVLink signing guide), and so
 * may one that only an earlier process heard: what was recorded while nobody listened is younger than what
 * was remembered. Not one that was heard since: without us PX4's time stands still, and a broken
 * uplink is no reason to stop hearing.
 */
const LAG_UNITS = 6_000_000;

/**
 * One component's links may lag each other by a second: each counts its own times, and packets recorded on
 * one could else be played on another for ever, a minute late. Redundant links differ by less.
 */
const LINK_LAG_UNITS = 100_000;

/**
 * Remembered times run this far ahead of what was sent and accepted, so that nothing is lost when
 * the process dies between two writes: after a restart, known senders are deaf ears for half a second
 * and no recorded packet is believed again.
 */
const AHEAD_UNITS = 50_000;

/** Streams remembered at once: a link has a handful, and only holders of the key can add one. */
const CAPACITY_STREAMS = 64;

const LARGEST_TIMESTAMP = 2 ** 48 - 1;

export type SignatureVerdict =
  | 'verified'
  | 'unsigned'
  /** Not made with our key, or the packet was changed on its way. */
  | 'wrongSignature'
  /** Not later than the last packet of the same sender and link, or a second behind another link of its. */
  | 'replayed'
  /** A sender that this process had not heard yet, over a minute behind our time. */
  | 'stale'
  /** More senders than are remembered. */
  | 'crowded';

interface SigningOptions {
  /** 32 secret bytes that both ends share. */
  key: Uint8Array;
  /** Tells our links apart at the receiver, 0–255. */
  linkId: number;
  /** What an earlier process left; undefined for the first. */
  state?: SigningState | undefined;
}

/**
 * MAVLink 2 packet signing (mavlink.io/en/guide/message_signing.html): the first 48 bits of
 * SHA-256 over key, packet, link id and time. Times only grow, for each sender and link of its own.
 *
 * Pure but for the hash: the time is handed in as Unix µs and may jump in either direction; ours
 * never goes back, and follows a verified sender that is ahead.
 */
export class Signing {
  readonly #key: Uint8Array;
  readonly #linkId: number;
  readonly #streams = new Map<number, number>();
  /** Those of them that were heard in this process. */
  readonly #heard = new Set<number>();
  #timestamp: number;
  #rememberedTimestamp = Number.NEGATIVE_INFINITY;
  readonly #rememberedStreams = new Map<number, number>();

  constructor({ key, linkId, state }: SigningOptions) {
    this.#key = Uint8Array.from(key);
    this.#linkId = linkId;
    this.#timestamp = state?.timestamp ?? 0;
    for (const { sysid, compid, linkId: of, timestamp } of state?.streams ?? []) {
      if (this.#streams.size < CAPACITY_STREAMS) {
        this.#streams.set(streamKey(sysid, compid, of), timestamp);
      }
    }
  }

  /** The packet signed: flag set, checksum made anew, 13 bytes behind it. `packet` is left as it is. */
  sign(packet: Uint8Array, unixUs: bigint): Uint8Array {
    this.#timestamp = Math.min(LARGEST_TIMESTAMP, Math.max(this.#timestamp + 1, unitsOf(unixUs)));
    const signed = new Uint8Array(packet.length + SIGNATURE_BYTES);
    signed.set(packet);
    signed[2] = signed[2]! | FLAG_SIGNED;
    const payloadEnd = packet.length - 2;
    const msgid = signed[7]! | (signed[8]! << 8) | (signed[9]! << 16);
    const checksum = packetChecksum(signed, 1, payloadEnd, crcExtraOf(msgid) ?? 0);
    signed[payloadEnd] = checksum & 0xff;
    signed[payloadEnd + 1] = checksum >> 8;
    signed[packet.length] = this.#linkId;
    writeTimestamp(signed, packet.length + 1, this.#timestamp);
    signed.set(this.#digest(signed), packet.length + 7);
    return signed;
  }

  /** Whether a framed packet is to be believed; only `verified` changes what is remembered. */
  verify(frame: Frame, unixUs: bigint): SignatureVerdict {
    const { signature, bytes } = frame;
    if (signature === undefined) return 'unsigned';
    if (!timingSafeEqual(this.#digest(bytes), signature.subarray(7))) return 'wrongSignature';
    const timestamp = readTimestamp(signature, 1);
    const key = streamKey(frame.sysid, frame.compid, signature[0]!);
    const last = this.#streams.get(key);
    if (last !== undefined && timestamp <= last) return 'replayed';
    if (!this.#heard.has(key)) {
      const ours = Math.max(this.#timestamp, unitsOf(unixUs));
      if (timestamp + LAG_UNITS < ours) return 'stale';
    }
    if (timestamp + LINK_LAG_UNITS < this.#newestOf(key)) return 'replayed';
    if (last === undefined && this.#streams.size >= CAPACITY_STREAMS) return 'crowded';
    this.#streams.set(key, timestamp);
    this.#heard.add(key);
    this.#timestamp = Math.max(this.#timestamp, timestamp);
    return 'verified';
  }

  /** What to write to disk now; undefined while what was handed out last still covers everything. */
  takeState(): SigningState | undefined {
    const covered =
      this.#timestamp < this.#rememberedTimestamp &&
      [...this.#streams].every(([key, at]) => at < (this.#rememberedStreams.get(key) ?? 0));
    if (covered) return undefined;
    this.#rememberedTimestamp = ahead(this.#timestamp);
    for (const [key, at] of this.#streams) this.#rememberedStreams.set(key, ahead(at));
    return {
      timestamp: this.#rememberedTimestamp,
      streams: [...this.#rememberedStreams].map(([key, at]) => streamOf(key, at)),
    };
  }

  /** The newest time of a stream's component on any of its links. */
  #newestOf(key: number): number {
    let newest = 0;
    for (const [other, timestamp] of this.#streams) {
      if (other >> 8 === key >> 8 && timestamp > newest) newest = timestamp;
    }
    return newest;
  }

  /** Key, then everything before the signature itself, signed packets only. */
  #digest(signed: Uint8Array): Uint8Array {
    const hash = createHash('sha256');
    hash.update(this.#key);
    hash.update(signed.subarray(0, signed.length - 6));
    return hash.digest().subarray(0, 6);
  }
}

/** A signing key from what people share: a passphrase is hashed by SHA-256, as MAVProxy and QGroundControl do. */
export const signingKeyFromPassphrase = (passphrase: string): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(passphrase, 'utf8').digest());

/** Tells keys apart in a file, and gives none of them away. */
export const signingKeyName = (key: Uint8Array): string =>
  createHash('sha256').update('skein signing state').update(key).digest('hex').slice(0, 16);

/** Signing time of a moment: 10 µs units since 2015, 48 bits. */
export const signingTimestamp = (unixUs: bigint): number => unitsOf(unixUs);

const ahead = (timestamp: number): number => Math.min(LARGEST_TIMESTAMP, timestamp + AHEAD_UNITS);

const unitsOf = (unixUs: bigint): number =>
  unixUs <= EPOCH_UNIX_US ? 0 : Number((unixUs - EPOCH_UNIX_US) / UNIT_US);

const streamKey = (sysid: number, compid: number, linkId: number): number =>
  (sysid << 16) | (compid << 8) | linkId;

const streamOf = (key: number, timestamp: number): SignedStream => ({
  sysid: key >> 16,
  compid: (key >> 8) & 0xff,
  linkId: key & 0xff,
  timestamp,
});

const writeTimestamp = (bytes: Uint8Array, at: number, timestamp: number): void => {
  let rest = timestamp;
  for (let index = 0; index < 6; index += 1) {
    bytes[at + index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
};

const readTimestamp = (bytes: Uint8Array, at: number): number => {
  let timestamp = 0;
  for (let index = 5; index >= 0; index -= 1) timestamp = timestamp * 256 + bytes[at + index]!;
  return timestamp;
};
