/** Bytes of msgpack that promise much, and of layouts that count something. */
const EVIL = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xc0, 0xc1, 0xc7, 0xc9, 0xd4, 0xd9, 0xdd, 0xdf, 0xff,
];
const SPARE_BYTES = 64;

/**
 * Sound messages, made unsound: bits turned, bytes replaced by those that promise much, ends cut off or
 * grown, pieces of others put in. The same seed makes the same bytes. What {@link next} returns is
 * overwritten by the next one.
 */
export class Mutator {
  readonly #sound: readonly Uint8Array[];
  readonly #buffer: Uint8Array;
  #state: number;

  constructor(sound: readonly Uint8Array[], seed: number) {
    this.#sound = sound;
    const longest = Math.max(...sound.map((one) => one.length));
    this.#buffer = new Uint8Array(longest + SPARE_BYTES);
    this.#state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  }

  /** A whole number below `count`: xorshift32, for ten million of them must cost little. */
  #below(count: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % count;
  }

  next(): Uint8Array {
    const buffer = this.#buffer;
    const from = this.#sound[this.#below(this.#sound.length)]!;
    buffer.set(from);
    let { length } = from;
    for (let left = 1 + this.#below(4); left > 0; left -= 1) {
      const at = this.#below(Math.max(1, length));
      switch (this.#below(6)) {
        case 0:
          buffer[at]! ^= 1 << this.#below(8);
          break;
        case 1:
          buffer[at] = EVIL[this.#below(EVIL.length)]!;
          break;
        case 2:
          buffer[at] = this.#below(256);
          break;
        case 3:
          length = at;
          break;
        case 4: {
          const grown = Math.min(buffer.length, length + 1 + this.#below(SPARE_BYTES));
          buffer.fill(EVIL[this.#below(EVIL.length)]!, length, grown);
          length = grown;
          break;
        }
        default: {
          const other = this.#sound[this.#below(this.#sound.length)]!;
          const start = this.#below(Math.max(1, other.length));
          const piece = other.subarray(start, start + 1 + this.#below(24));
          buffer.set(piece.subarray(0, Math.max(0, length - at)), at);
        }
      }
    }
    return buffer.subarray(0, length);
  }
}
