import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  bitCount,
  bitsOf,
  contentIdOf,
  decodePieceMessage,
  encodePieceMessage,
  hasBit,
  hashesOf,
  isTrueList,
  isTruePiece,
  PIECE_BYTES,
  pieceCount,
  pieceLength,
  type PieceMessage,
} from '#protocols/gossip/pieces.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const id = fc.uint8Array({ minLength: 32, maxLength: 32 });
const index = fc.nat({ max: 0xffff_ffff });
const message: fc.Arbitrary<PieceMessage> = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), id, index }),
  fc.record({ kind: fc.constant('piece' as const), id, index, bytes: bytes(200) }),
  fc.record({ kind: fc.constant('have' as const), id, bits: bytes(256) }),
);

describe('messages about pieces', () => {
  it('are read as they were written, and nothing else is read', () => {
    fc.assert(
      fc.property(message, (one) => {
        expect(decodePieceMessage(encodePieceMessage(one))).toEqual(one);
      }),
    );
    fc.assert(
      fc.property(bytes(80), (noise) => {
        const read = decodePieceMessage(noise);
        if (read !== undefined) expect(encodePieceMessage(read)).toEqual(noise);
      }),
    );
  });

  it('tell which pieces are there', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2048 }), (present) => {
        const bits = bitsOf(present);
        expect(present.map((_, nth) => hasBit(bits, nth))).toEqual(present);
        expect(bitCount(bits)).toBe(present.filter(Boolean).length);
      }),
    );
  });
});

describe('a content in pieces', () => {
  it('is announced by what one changed byte of any piece would change', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * PIECE_BYTES }), fc.nat(), (length, at) => {
        const content = Uint8Array.from({ length }, (_, nth) => (nth * 31) & 0xff);
        const hashes = hashesOf(content);
        const announced = contentIdOf(hashes);
        expect(isTrueList(announced, length, hashes)).toBe(true);
        const lengths = Array.from({ length: pieceCount(length) }, (_, nth) =>
          pieceLength(length, nth),
        );
        expect(lengths.reduce((sum, one) => sum + one, 0)).toBe(length);
        const other = content.slice();
        other[at % length]! ^= 1;
        const piece = Math.floor((at % length) / PIECE_BYTES);
        const cut = (from: Uint8Array): Uint8Array =>
          from.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
        expect(isTruePiece(hashes, piece, cut(content))).toBe(true);
        expect(isTruePiece(hashes, piece, cut(other))).toBe(false);
        expect(isTrueList(announced, length, hashesOf(other))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
