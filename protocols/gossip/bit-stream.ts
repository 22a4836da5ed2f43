/** Most bits of one number: with what is left of a byte it must fit 31. */
const MAX_BITS = 24;

/** 0, −1, 1, −2, … as 0, 1, 2, 3, … */
export const unsignedOf = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

export const signedOf = (value: number): number => (value & 1 ? -(value >>> 1) - 1 : value >>> 1);

/** Bits that hold every number from 0 to `most`. */
export const bitsOf = (most: number): number => 32 - Math.clz32(most);

/** Whole numbers of few bits each, one after the other, the least significant bit first. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #pendingBits = 0;

  /** The lowest `bits` ≤ 24 of `value`. */
  push(value: number, bits: number): void {
    this.#pending |= (value & ((1 << bits) - 1)) << this.#pendingBits;
    this.#pendingBits += bits;
    while (this.#pendingBits >= 8) {
      this.#bytes.push(this.#pending & 255);
      this.#pending >>>= 8;
      this.#pendingBits -= 8;
    }
  }

  /** The rest of the last byte is 0. */
  finish(): Uint8Array {
    return Uint8Array.from(this.#pendingBits > 0 ? [...this.#bytes, this.#pending] : this.#bytes);
  }
}

/** Reads what {@link BitWriter} wrote; beyond the end there are zeros, so ask `isWhole` first or last. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #pending = 0;
  #pendingBits = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(bits: number): number {
    if (bits > MAX_BITS) return 0;
    while (this.#pendingBits < bits) {
      this.#pending |= (this.#bytes[this.#at] ?? 0) << this.#pendingBits;
      this.#at += 1;
      this.#pendingBits += 8;
    }
    const value = this.#pending & ((1 << bits) - 1);
    this.#pending >>>= bits;
    this.#pendingBits -= bits;
    return value;
  }

  /** Everything was read, but for less than a byte of zeros, and nothing beyond the end. */
  get isWhole(): boolean {
    return this.#at === this.#bytes.length && this.#pending === 0;
  }
}
