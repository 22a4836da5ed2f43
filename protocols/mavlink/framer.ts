import { packetChecksum } from './checksum.ts';
import { crcExtraOf } from './crc-extra.ts';
import { strangePacketAt } from './strange-packet.ts';

const START_BYTE = 0xfd;
const HEADER_BYTES = 10;
const CHECKSUM_BYTES = 2;
const SIGNATURE_BYTES = 13;
const FLAG_SIGNED = 0x01;

const START_BYTE_V1 = 0xfe;

/**
 * Checksums that may be wrong, and starts of MAVLink 1 that are looked at, in one piece of input. Each
 * costs up to 260 bytes' time and takes us on by one: 64 KiB made of nothing else would stop a setpoint
 * stream. UDP damages nothing, so a datagram with more is given up; a stream only stops looking for MAVLink 1.
 */
const MAX_DOUBTFUL = 64;

/** The longest MAVLink 2 packet: header, 255 bytes of payload, checksum, signature. */
export const MAX_FRAME_BYTES = HEADER_BYTES + 255 + CHECKSUM_BYTES + SIGNATURE_BYTES;

/** One MAVLink 2 packet whose checksum is right. All arrays are its own, safe to keep. */
export interface Frame {
  sysid: number;
  compid: number;
  sequence: number;
  msgid: number;
  /** As on the wire: trailing zeros may be cut off. */
  payload: Uint8Array;
  /** The whole packet, start byte to checksum or signature. */
  bytes: Uint8Array;
  /** Link id, 48-bit timestamp, 48-bit signature; present only on signed packets, and not verified. */
  signature?: Uint8Array;
}

/**
 * One good packet where it lies in the framer's own buffer: nothing is copied and nothing allocated.
 * Valid until the next call of any of the framer's methods, and the same object every time.
 */
export interface FrameView {
  sysid: number;
  compid: number;
  sequence: number;
  msgid: number;
  /** The framer's buffer; the packet is `buffer[start, start + length)`. */
  buffer: Uint8Array;
  /** The same bytes, for reading numbers. */
  data: DataView;
  start: number;
  length: number;
  payloadAt: number;
  /** As on the wire: trailing zeros may be cut off. */
  payloadLength: number;
}

export interface FramerCounts {
  framesGood: number;
  /** Bytes that belong to no good frame: noise, MAVLink 1, unknown messages, overflow. */
  bytesSkipped: number;
  /** Candidates with a known message id and a wrong checksum. */
  crcErrors: number;
  /** Of the skipped: whole MAVLink 1 packets, as far as they came in one piece. */
  mavlink1Packets: number;
  /** Of the skipped: what looks like a MAVLink 2 packet of an unknown message, likewise. */
  unknownMessages: number;
}

/**
 * Strict MAVLink 2 framer (mavlink.io/en/guide/serialization.html) for ONE remote: a shared one would
 * splice the bytes of two vehicles. At an unknown message id, an unknown incompatibility flag or
 * a wrong checksum it moves on by a single byte, so that a forged length swallows no later packet.
 * MAVLink 1 packets are skipped. Signed packets are framed, and their signature is handed over
 * unverified: whoever demands signatures must check them.
 *
 * Memory is bounded by `capacityBytes`: bytes pushed beyond it without calling {@link Framer.next}
 * push out the oldest ones, which count as skipped. Throws nothing, whatever the bytes.
 */
export class Framer {
  readonly counts: FramerCounts = {
    framesGood: 0,
    bytesSkipped: 0,
    crcErrors: 0,
    mavlink1Packets: 0,
    unknownMessages: 0,
  };
  readonly #capacity: number;
  #buffer: Uint8Array;
  readonly #view: FrameView;
  #start = 0;
  #end = 0;
  /** Of the last candidate whose header was whole. */
  #msgid = 0;
  #crcExtra = 0;
  #datagramEnded = false;
  /** Since the last push. */
  #damaged = 0;
  #lookedAt = 0;

  constructor(capacityBytes = 65_536) {
    this.#capacity = Math.max(capacityBytes, MAX_FRAME_BYTES);
    this.#buffer = new Uint8Array(Math.min(this.#capacity, 2048));
    this.#view = {
      sysid: 0,
      compid: 0,
      sequence: 0,
      msgid: 0,
      buffer: this.#buffer,
      data: new DataView(this.#buffer.buffer),
      start: 0,
      length: 0,
      payloadAt: 0,
      payloadLength: 0,
    };
  }

  push(bytes: Uint8Array): void {
    this.#datagramEnded = false;
    this.#damaged = 0;
    this.#lookedAt = 0;
    const kept =
      bytes.length > this.#capacity ? bytes.subarray(bytes.length - this.#capacity) : bytes;
    this.counts.bytesSkipped += bytes.length - kept.length;
    this.#makeRoom(kept.length);
    this.#buffer.set(kept, this.#end);
    this.#end += kept.length;
  }

  /**
   * Says that no packet continues in the bytes to come, as at the end of a datagram: a half packet
   * is then given up at once instead of claiming the start of the next datagram.
   */
  endDatagram(): void {
    this.#datagramEnded = true;
  }

  /** No byte waits: {@link Framer.next} has nothing to give. */
  get isEmpty(): boolean {
    return this.#start === this.#end;
  }

  /** The next good frame, or undefined when more bytes are needed. */
  next(): Frame | undefined {
    const view = this.nextView();
    return view === undefined ? undefined : copyFrame(view);
  }

  /** As {@link Framer.next}, without copying: see {@link FrameView}. */
  nextView(): Readonly<FrameView> | undefined {
    while (this.#start < this.#end) {
      const length = this.#candidateLength();
      if (length > 0 && length <= this.#end - this.#start) {
        if (this.#isIntact()) return this.#take(length);
        this.counts.crcErrors += 1;
        this.#damaged += 1;
        if (this.#datagramEnded && this.#damaged > MAX_DOUBTFUL) return this.#giveUp();
      } else if (length > 0 && !this.#datagramEnded) return undefined;
      else if (length === 0) this.#noteStrange();
      this.#start += 1;
      this.counts.bytesSkipped += 1;
    }
    return undefined;
  }

  #giveUp(): undefined {
    this.counts.bytesSkipped += this.#end - this.#start;
    this.#start = this.#end;
  }

  #noteStrange(): void {
    if (this.#buffer[this.#start] === START_BYTE_V1) {
      this.#lookedAt += 1;
      if (this.#lookedAt > MAX_DOUBTFUL) return;
    }
    const strange = strangePacketAt(this.#buffer, this.#start, this.#end);
    if (strange === 'mavlink1') this.counts.mavlink1Packets += 1;
    else if (strange === 'unknownMessage') this.counts.unknownMessages += 1;
  }

  /** Bytes the packet at the read position needs (at least, if its header is cut); 0 for no packet. */
  #candidateLength(): number {
    const buffer = this.#buffer;
    const start = this.#start;
    if (buffer[start] !== START_BYTE) return 0;
    const available = this.#end - start;
    if (available < 3) return HEADER_BYTES;
    const flags = buffer[start + 2]!;
    if ((flags & ~FLAG_SIGNED) !== 0) return 0;
    if (available < HEADER_BYTES) return HEADER_BYTES;
    this.#msgid = buffer[start + 7]! | (buffer[start + 8]! << 8) | (buffer[start + 9]! << 16);
    const crcExtra = crcExtraOf(this.#msgid);
    if (crcExtra === undefined) return 0;
    this.#crcExtra = crcExtra;
    const signatureBytes = flags & FLAG_SIGNED ? SIGNATURE_BYTES : 0;
    return HEADER_BYTES + buffer[start + 1]! + CHECKSUM_BYTES + signatureBytes;
  }

  /** Of the candidate that {@link Framer.#candidateLength} has just measured, header and all. */
  #isIntact(): boolean {
    const buffer = this.#buffer;
    const start = this.#start;
    const payloadEnd = start + HEADER_BYTES + buffer[start + 1]!;
    const checksum = buffer[payloadEnd]! | (buffer[payloadEnd + 1]! << 8);
    return packetChecksum(buffer, start + 1, payloadEnd, this.#crcExtra) === checksum;
  }

  #take(length: number): FrameView {
    const buffer = this.#buffer;
    const start = this.#start;
    const view = this.#view;
    view.start = start;
    view.length = length;
    view.payloadAt = start + HEADER_BYTES;
    view.payloadLength = buffer[start + 1]!;
    view.sequence = buffer[start + 4]!;
    view.sysid = buffer[start + 5]!;
    view.compid = buffer[start + 6]!;
    view.msgid = this.#msgid;
    this.#start += length;
    this.counts.framesGood += 1;
    return view;
  }

  /** Makes `count` ≤ capacity bytes free behind the unread ones, by moving, growing, then dropping. */
  #makeRoom(count: number): void {
    const overflow = this.#end - this.#start + count - this.#capacity;
    if (overflow > 0) {
      this.#start += overflow;
      this.counts.bytesSkipped += overflow;
    }
    if (this.#buffer.length - this.#end >= count) return;
    const unread = this.#end - this.#start;
    if (this.#buffer.length < unread + count) {
      const size = Math.min(this.#capacity, Math.max(2 * this.#buffer.length, unread + count));
      const grown = new Uint8Array(size);
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
      this.#view.buffer = grown;
      this.#view.data = new DataView(grown.buffer);
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = unread;
  }
}

/** The packet of a view as a frame of its own. */
export const copyFrame = (view: Readonly<FrameView>): Frame => {
  const { sysid, compid, sequence, msgid, start, length } = view;
  const bytes = view.buffer.slice(start, start + length);
  const payload = bytes.subarray(HEADER_BYTES, HEADER_BYTES + view.payloadLength);
  const frame: Frame = { sysid, compid, sequence, msgid, payload, bytes };
  if (bytes[2]! & FLAG_SIGNED) frame.signature = bytes.subarray(length - SIGNATURE_BYTES);
  return frame;
};
