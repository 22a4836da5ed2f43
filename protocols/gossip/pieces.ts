import { sha256 } from './digest.ts';

/**
 * Content that is too large for a message goes in pieces, each verified by itself as soon as it is there,
 * as BitTorrent does it (BEP 3): whoever has the announcement's id can tell a true list of hashes from a
 * false one, and by the list each piece. Three kinds of direct message, beside those of repair.ts:
 *
 *   ask    u8 5, id 32, u32 index of a piece, or {@link LIST}
 *   piece  u8 6, id 32, u32 index, bytes: a piece, or the list
 *   have   u8 7, id 32, bits (lowest first): the answer of one that lacks what it was asked for
 *
 * Little-endian.
 */
const KIND = { ask: 5, piece: 6, have: 7 } as const;

/** In five seconds at 20 kbit/s, the least that a link is expected to carry. */
export const PIECE_BYTES = 8192;
/** The list of its hashes fits into one message. */
export const MAX_CONTENT_BYTES = 16 * 1024 * 1024;
/** In place of a piece's index: the list of hashes. */
export const LIST = 0xffff_ffff;
/** In place of a piece's index: what nobody has, so that the answer tells what is there. */
export const PROBE = 0xffff_fffe;

const HASH_BYTES = 32;
const HEAD_BYTES = 1 + HASH_BYTES;

export const pieceCount = (contentBytes: number): number => Math.ceil(contentBytes / PIECE_BYTES);

/** Bytes of that piece of a content of so many bytes; the last one is what is left. */
export const pieceLength = (contentBytes: number, index: number): number =>
  Math.min(PIECE_BYTES, contentBytes - index * PIECE_BYTES);

/** SHA-256 of each piece, one after the other. */
export const hashesOf = (content: Uint8Array): Uint8Array => {
  const hashes = new Uint8Array(HASH_BYTES * pieceCount(content.length));
  for (let index = 0; index * PIECE_BYTES < content.length; index += 1) {
    const piece = content.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    hashes.set(sha256(piece), HASH_BYTES * index);
  }
  return hashes;
};

/** What a content is announced and asked for by, 32 bytes. */
export const contentIdOf = (hashes: Uint8Array): Uint8Array => sha256(hashes);

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export const isTrueList = (id: Uint8Array, contentBytes: number, hashes: Uint8Array): boolean =>
  hashes.length === HASH_BYTES * pieceCount(contentBytes) && isSame(sha256(hashes), id);

export const isTruePiece = (hashes: Uint8Array, index: number, piece: Uint8Array): boolean =>
  isSame(sha256(piece), hashes.subarray(HASH_BYTES * index, HASH_BYTES * (index + 1)));

export type PieceMessage =
  | { kind: 'ask'; id: Uint8Array; index: number }
  | { kind: 'piece'; id: Uint8Array; index: number; bytes: Uint8Array }
  | { kind: 'have'; id: Uint8Array; bits: Uint8Array };

export const encodePieceMessage = (message: PieceMessage): Uint8Array => {
  const { kind, id } = message;
  const body = kind === 'have' ? message.bits : kind === 'piece' ? message.bytes : undefined;
  const headBytes = HEAD_BYTES + (kind === 'have' ? 0 : 4);
  const bytes = new Uint8Array(headBytes + (body?.length ?? 0));
  bytes[0] = KIND[kind];
  bytes.set(id, 1);
  if (kind !== 'have') new DataView(bytes.buffer).setUint32(HEAD_BYTES, message.index, true);
  if (body !== undefined) bytes.set(body, headBytes);
  return bytes;
};

/** Undefined for what is no message of pieces. The views are into `bytes`. */
export const decodePieceMessage = (bytes: Uint8Array): PieceMessage | undefined => {
  const [kind] = bytes;
  if (kind !== KIND.ask && kind !== KIND.piece && kind !== KIND.have) return undefined;
  if (bytes.length < HEAD_BYTES + (kind === KIND.have ? 0 : 4)) return undefined;
  const id = bytes.subarray(1, HEAD_BYTES);
  if (kind === KIND.have) {
    const bits = bytes.subarray(HEAD_BYTES);
    return bits.length > MAX_CONTENT_BYTES / PIECE_BYTES / 8
      ? undefined
      : { kind: 'have', id, bits };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const index = view.getUint32(HEAD_BYTES, true);
  const rest = bytes.subarray(HEAD_BYTES + 4);
  if (kind === KIND.ask) return rest.length > 0 ? undefined : { kind: 'ask', id, index };
  return { kind: 'piece', id, index, bytes: rest };
};

export const bitsOf = (present: readonly boolean[]): Uint8Array => {
  const bits = new Uint8Array(Math.ceil(present.length / 8));
  for (const [index, isPresent] of present.entries()) {
    if (isPresent) bits[index >> 3]! |= 1 << (index & 7);
  }
  return bits;
};

export const bitCount = (bits: Uint8Array): number => {
  let count = 0;
  for (const byte of bits) for (let rest = byte; rest > 0; rest &= rest - 1) count += 1;
  return count;
};

export const isPieceMessage = ([kind]: Uint8Array): boolean =>
  kind === KIND.ask || kind === KIND.piece || kind === KIND.have;

export const hasBit = (bits: Uint8Array, index: number): boolean =>
  (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
