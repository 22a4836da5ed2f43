import type { PieceStore } from './piece-files.ts';
import {
  bitsOf,
  contentIdOf,
  hasBit,
  hashesOf,
  isTrueList,
  isTruePiece,
  LIST,
  PIECE_BYTES,
  pieceCount,
  pieceLength,
} from './pieces.ts';
import type { Release } from './release.ts';

/** Pieces found on disk that are verified at once: a millisecond. */
const CHECKED_AT_ONCE = 32;

/** One announced content as far as a member has it. Throws what its store throws. */
export class PieceContent {
  readonly release: Release;
  /** Of its file. */
  readonly name: string;
  readonly pieces: number;
  readonly #store: PieceStore;
  readonly #present: boolean[];
  /** Empty: not known yet. */
  #hashes: Uint8Array;
  #missing: number;
  /** Pieces on disk before this one were looked at. */
  #checked: number;

  constructor(release: Release, store: PieceStore) {
    this.release = release;
    this.name = contentName(release);
    this.pieces = pieceCount(release.bytes);
    this.#store = store;
    const stored = store.readHashes(this.name);
    const isKnown = isTrueList(release.piecesSha256, release.bytes, stored);
    this.#hashes = isKnown ? stored : new Uint8Array(0);
    this.#present = Array.from({ length: this.pieces }, () => false);
    this.#missing = this.pieces;
    this.#checked = isKnown ? 0 : this.pieces;
  }

  get missing(): number {
    return this.#missing;
  }

  get hasList(): boolean {
    return this.#hashes.length > 0;
  }

  /** Verifies some of what was on disk at the start; 'whole' when the last of it completes the content. */
  check(): 'more' | 'whole' | 'checked' {
    if (this.#checked >= this.pieces) return 'checked';
    const until = Math.min(this.pieces, this.#checked + CHECKED_AT_ONCE);
    for (; this.#checked < until; this.#checked += 1) {
      const bytes = this.#store.readPiece(this.name, this.#checked);
      if (isTruePiece(this.#hashes, this.#checked, bytes)) this.#note(this.#checked);
    }
    if (this.#checked < this.pieces) return 'more';
    if (this.#missing > 0) return 'checked';
    // All of it may have been there when the power went, and not yet under its name.
    this.#store.finish(this.name);
    return 'whole';
  }

  /** A piece, or the list; undefined: not here. */
  read(index: number): Uint8Array | undefined {
    if (index === LIST) return this.hasList ? this.#hashes : undefined;
    if (this.#present[index] !== true) return undefined;
    const bytes = this.#store.readPiece(this.name, index);
    if (isTruePiece(this.#hashes, index, bytes)) return bytes;
    // The disk has lost it.
    this.#present[index] = false;
    this.#missing += 1;
    return undefined;
  }

  isTrue(index: number, bytes: Uint8Array): boolean {
    const { piecesSha256, bytes: size } = this.release;
    if (index === LIST) return isTrueList(piecesSha256, size, bytes);
    return bytes.length === pieceLength(size, index) && isTruePiece(this.#hashes, index, bytes);
  }

  /** Keeps what {@link isTrue}. */
  keep(index: number, bytes: Uint8Array): void {
    if (index === LIST) {
      this.#store.writeHashes(this.name, bytes);
      this.#hashes = bytes.slice();
      return;
    }
    if (this.#present[index] === true) return;
    this.#store.writePiece(this.name, index, bytes);
    if (this.#missing === 1) this.#store.finish(this.name);
    this.#note(index);
  }

  #note(index: number): void {
    this.#present[index] = true;
    this.#missing -= 1;
  }

  /** What to ask one for that said what it has; undefined: it did not. Not empty while anything is missing. */
  wantedOf(bits: Uint8Array | undefined): number[] {
    const missing = this.#present.flatMap((isPresent, index) => (isPresent ? [] : [index]));
    const offered = bits === undefined ? [] : missing.filter((index) => hasBit(bits, index));
    // Who had none of them may have some by now: it says so when it is asked for another.
    return offered.length > 0 ? offered : missing;
  }

  bits(): Uint8Array {
    return bitsOf(this.#present);
  }
}

export const contentName = ({ name, version }: Pick<Release, 'name' | 'version'>): string =>
  `${name}-${version}`;

/** Puts a whole content into the store; returns what announces it. Throws what the store throws. */
export const storeContent = (
  store: PieceStore,
  name: string,
  version: number,
  bytes: Uint8Array,
): Release => {
  const hashes = hashesOf(bytes);
  const release = { name, version, piecesSha256: contentIdOf(hashes), bytes: bytes.length };
  const file = contentName(release);
  for (let index = 0; index < pieceCount(bytes.length); index += 1) {
    const from = index * PIECE_BYTES;
    store.writePiece(file, index, bytes.subarray(from, from + PIECE_BYTES));
  }
  store.writeHashes(file, hashes);
  store.finish(file);
  return release;
};
