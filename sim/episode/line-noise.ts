import type { Random } from '#protocols/random.ts';

/** A serial line that flips bits, each with the same chance and none for another's sake. */
export class LineNoise {
  readonly #bitErrorRate: number;
  readonly #random: Random;
  /** Good bits until the next that is flipped. */
  #bitsLeft: number;

  constructor(bitErrorRate: number, random: Random) {
    this.#bitErrorRate = bitErrorRate;
    this.#random = random;
    this.#bitsLeft = this.#drawBits();
  }

  /** The bytes as they arrive; the same array when nothing was hit. */
  pass(bytes: Uint8Array): Uint8Array {
    const bits = 8 * bytes.length;
    if (this.#bitsLeft >= bits) {
      this.#bitsLeft -= bits;
      return bytes;
    }
    const hit = bytes.slice();
    let at = this.#bitsLeft;
    while (at < bits) {
      hit[at >> 3]! ^= 1 << (at & 7);
      at += 1 + this.#drawBits();
    }
    this.#bitsLeft = at - bits;
    return hit;
  }

  /** Geometric: how many good bits there are between two bad ones. */
  #drawBits(): number {
    if (this.#bitErrorRate >= 1) return 0;
    return Math.floor(Math.log(1 - this.#random.uniform()) / Math.log(1 - this.#bitErrorRate));
  }
}
