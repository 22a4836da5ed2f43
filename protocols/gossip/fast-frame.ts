import { NONCE_BYTES, openBytes, sealBytes, TAG_BYTES } from './sealing.ts';

/**
 * One datagram of the fast lane: heard by whoever is in range, sealed under the group key of a roster
 * epoch, so that a stranger's is told by one cheap check. Little-endian:
 *
 *   0 u8  magic 0x46       1 u8  hops so far: the one byte that a relay changes, and no seal covers
 *   2 u8  version 1        3 u8  flags: bit 0 = urgent
 *   4 u16 sender           6 u32 roster epoch        10 u32 boot epoch        14 u32 counter
 *  18 sealed body, then 16 bytes of tag (ChaCha20-Poly1305, RFC 8439)
 *
 * The body: u16 number (counts the sender's frames), u8 pace (in units of {@link PACE_UNIT_MS}), u8 length
 * of the hearing, u32 digest of the sender's own durable state, the hearing, then a bundle of envelopes.
 * Each envelope bears its author's signature, as on any lane: the seal says that a member sent the
 * frame, not which.
 */
export interface FastFrame {
  sender: number;
  rosterEpoch: number;
  bootEpoch: number;
  /** Grows with every frame of the sender in one boot: nonces come from it. */
  counter: number;
  isUrgent: boolean;
  number: number;
  /** The sender's least time between two frames, ms. */
  paceMs: number;
  /** Two bits per member in the order of the roster (fast-hearing.ts). */
  hearing: Uint8Array;
  ownDigest: number;
  bundle: Uint8Array;
}

export type FastHeader = Pick<
  FastFrame,
  'sender' | 'rosterEpoch' | 'bootEpoch' | 'counter' | 'isUrgent'
>;

const MAGIC = 0x46;
const VERSION = 1;
const HEADER_BYTES = 18;
const BODY_BYTES = 8;
const HOPS_OFFSET = 1;
const PACE_UNIT_MS = 20;
const MAX_HEARING_BYTES = 64;

/** Under the 1280 bytes that every IPv6 link carries whole, headers of IP and UDP off. */
export const MAX_FRAME_BYTES = 1200;

/** The bundle that fits into a frame beside a hearing of that many bytes. */
export const bundleRoom = (hearingBytes: number): number =>
  MAX_FRAME_BYTES - HEADER_BYTES - TAG_BYTES - BODY_BYTES - hearingBytes;

/** Each frame of a boot has a counter of its own, each boot its epoch: no nonce comes twice. */
const nonceOf = ({ sender, bootEpoch, counter }: FastHeader): Uint8Array => {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setUint16(0, sender, true);
  view.setUint32(2, bootEpoch, true);
  view.setUint32(6, counter, true);
  return nonce;
};

export const encodeFrame = (frame: FastFrame, key: Uint8Array): Uint8Array => {
  const { hearing, bundle } = frame;
  const body = new Uint8Array(BODY_BYTES + hearing.length + bundle.length);
  const view = new DataView(body.buffer);
  view.setUint16(0, frame.number & 0xffff, true);
  view.setUint8(2, Math.min(255, Math.round(frame.paceMs / PACE_UNIT_MS)));
  view.setUint8(3, hearing.length);
  view.setUint32(4, frame.ownDigest, true);
  body.set(hearing, BODY_BYTES);
  body.set(bundle, BODY_BYTES + hearing.length);
  const header = encodeHeader(frame);
  const sealed = sealBytes(key, nonceOf(frame), header, body);
  const bytes = new Uint8Array(HEADER_BYTES + sealed.length);
  bytes.set(header);
  bytes.set(sealed, HEADER_BYTES);
  return bytes;
};

const encodeHeader = (header: FastHeader): Uint8Array => {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, MAGIC);
  view.setUint8(2, VERSION);
  view.setUint8(3, header.isUrgent ? 1 : 0);
  view.setUint16(4, header.sender, true);
  view.setUint32(6, header.rosterEpoch, true);
  view.setUint32(10, header.bootEpoch, true);
  view.setUint32(14, header.counter, true);
  return bytes;
};

/** What stands in the clear; undefined for what is no frame. Proves nothing. */
export const readHeader = (bytes: Uint8Array): FastHeader | undefined => {
  if (bytes.length < HEADER_BYTES + BODY_BYTES + TAG_BYTES) return undefined;
  if (bytes.length > MAX_FRAME_BYTES) return undefined;
  if (bytes[0] !== MAGIC || bytes[2] !== VERSION || bytes[3]! > 1) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    isUrgent: bytes[3] === 1,
    sender: view.getUint16(4, true),
    rosterEpoch: view.getUint32(6, true),
    bootEpoch: view.getUint32(10, true),
    counter: view.getUint32(14, true),
  };
};

/** The frame in `bytes`; undefined unless it was sealed under `key` and is of sound form. Never throws. */
export const openFrame = (bytes: Uint8Array, key: Uint8Array): FastFrame | undefined => {
  const header = readHeader(bytes);
  if (header === undefined) return undefined;
  // Not slice: of a Buffer that is a view.
  const clear = Uint8Array.from(bytes.subarray(0, HEADER_BYTES));
  clear[HOPS_OFFSET] = 0;
  const body = openBytes(key, nonceOf(header), clear, bytes.subarray(HEADER_BYTES));
  if (body === undefined) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const hearingBytes = view.getUint8(3);
  const start = BODY_BYTES + hearingBytes;
  if (hearingBytes > MAX_HEARING_BYTES || start > body.length) return undefined;
  return {
    ...header,
    number: view.getUint16(0, true),
    paceMs: view.getUint8(2) * PACE_UNIT_MS,
    ownDigest: view.getUint32(4, true),
    hearing: body.subarray(BODY_BYTES, start),
    bundle: body.subarray(start),
  };
};

/** Names a frame among all: its tag, which nobody without the key can make. */
export const frameName = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + bytes.length - TAG_BYTES, TAG_BYTES).toString(
    'latin1',
  );

export const hopsOf = (bytes: Uint8Array): number => bytes[HOPS_OFFSET]!;

/** The same frame one hop further on. */
export const relayedFrame = (bytes: Uint8Array): Uint8Array => {
  const relayed = Uint8Array.from(bytes);
  relayed[HOPS_OFFSET] = Math.min(255, relayed[HOPS_OFFSET]! + 1);
  return relayed;
};
