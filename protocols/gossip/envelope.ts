import { topicFromId, TOPICS, type Topic } from './topic.ts';

/**
 * The one envelope of every lane. Fixed layout, little-endian, so that the pilot can read and
 * verify it without a general decoder:
 *
 *   0 u8  magic 0x53        1 u8  version 1        2 u8  topic id       3 u8  reserved 0
 *   4 u16 author (member id in the roster)         6 u16 payload length high bits (reserved 0)
 *   8 u32 roster epoch     12 u32 boot epoch      16 u32 sequence      20 f64 sent, monotonic ms of the author
 *  28 u32 payload length   32 payload             32+n 64 bytes Ed25519 signature over bytes 0 … 32+n
 */
export interface Envelope {
  topic: Topic;
  /** Member id in the roster: names the key that must have signed. */
  author: number;
  rosterEpoch: number;
  /** Grows at every boot of the author, so that a reboot is not taken for stale. */
  bootEpoch: number;
  /** Grows with every message of the author in one boot, over all topics. */
  sequence: number;
  sentMs: number;
  payload: Uint8Array;
  signature: Uint8Array;
}

export type EnvelopeHeader = Omit<Envelope, 'payload' | 'signature'>;

export const ENVELOPE_HEADER_BYTES = 32;
export const ENVELOPE_SIGNATURE_BYTES = 64;
export const ENVELOPE_OVERHEAD_BYTES = ENVELOPE_HEADER_BYTES + ENVELOPE_SIGNATURE_BYTES;

const MAGIC = 0x53;
const VERSION = 1;

/** The bytes that the author signs: header and payload exactly as they travel. */
export const encodeUnsigned = (header: EnvelopeHeader, payload: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(ENVELOPE_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, MAGIC);
  view.setUint8(1, VERSION);
  view.setUint8(2, TOPICS[header.topic].id);
  view.setUint16(4, header.author, true);
  view.setUint32(8, header.rosterEpoch, true);
  view.setUint32(12, header.bootEpoch, true);
  view.setUint32(16, header.sequence, true);
  view.setFloat64(20, header.sentMs, true);
  view.setUint32(28, payload.length, true);
  bytes.set(payload, ENVELOPE_HEADER_BYTES);
  return bytes;
};

export const attachSignature = (unsigned: Uint8Array, signature: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(unsigned.length + ENVELOPE_SIGNATURE_BYTES);
  bytes.set(unsigned);
  bytes.set(signature, unsigned.length);
  return bytes;
};

/** The part of an envelope's bytes that the signature covers. */
export const signedPart = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(0, bytes.length - ENVELOPE_SIGNATURE_BYTES);

/** The payload in the bytes of a sound envelope, as a view. */
export const payloadPart = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(ENVELOPE_HEADER_BYTES, bytes.length - ENVELOPE_SIGNATURE_BYTES);

/** Parses an envelope; undefined for anything malformed or over its topic's budget. Checks no signature. */
export const decodeEnvelope = (bytes: Uint8Array): Envelope | undefined => {
  if (bytes.length < ENVELOPE_OVERHEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== MAGIC || view.getUint8(1) !== VERSION) return undefined;
  if (view.getUint8(3) !== 0 || view.getUint16(6, true) !== 0) return undefined;
  const topic = topicFromId(view.getUint8(2));
  const length = view.getUint32(28, true);
  const sentMs = view.getFloat64(20, true);
  if (topic === undefined || length > TOPICS[topic].budgetBytes) return undefined;
  if (bytes.length !== ENVELOPE_OVERHEAD_BYTES + length || !Number.isFinite(sentMs)) {
    return undefined;
  }
  const end = ENVELOPE_HEADER_BYTES + length;
  return {
    topic,
    author: view.getUint16(4, true),
    rosterEpoch: view.getUint32(8, true),
    bootEpoch: view.getUint32(12, true),
    sequence: view.getUint32(16, true),
    sentMs,
    payload: bytes.slice(ENVELOPE_HEADER_BYTES, end),
    signature: bytes.slice(end),
  };
};
