import type { Random } from '#protocols/random.ts';
import type { RadioProfile } from './profile.ts';

const exponential = (mean: number, random: Random): number =>
  -mean * Math.log(1 - random.uniform());

/** One direction between two members: whether a packet that departs at a moment is lost. */
export class Channel {
  readonly #random: Random;
  #profile: RadioProfile;
  #isBad = false;
  #switchesMs = 0;

  /** Begins in either state with the chance that it has in the long run. */
  constructor(profile: RadioProfile, random: Random, nowMs: number) {
    this.#random = random;
    this.#profile = profile;
    this.#begin(nowMs);
  }

  get profile(): RadioProfile {
    return this.#profile;
  }

  /** Another profile from now on, as when the geometry changed; the same one changes nothing. */
  become(profile: RadioProfile, nowMs: number): void {
    if (profile === this.#profile) return;
    this.#profile = profile;
    this.#begin(nowMs);
  }

  /** Draws the fate of one packet. Moments may not go back by more than a bounded wait: the past is forgotten. */
  loses(nowMs: number): boolean {
    while (nowMs >= this.#switchesMs) {
      this.#isBad = !this.#isBad;
      this.#stay(this.#switchesMs);
    }
    const { lossBad, lossGood } = this.#profile;
    return this.#random.uniform() < (this.#isBad ? lossBad : lossGood);
  }

  delayMs(): number {
    const { delayFloorMs, delayMeanMs } = this.#profile;
    return delayFloorMs + exponential(delayMeanMs, this.#random);
  }

  #begin(nowMs: number): void {
    const { goodS, badS } = this.#profile;
    this.#isBad = this.#random.uniform() < badS / (goodS + badS);
    this.#stay(nowMs);
  }

  #stay(fromMs: number): void {
    const { goodS, badS } = this.#profile;
    this.#switchesMs = fromMs + 1000 * exponential(this.#isBad ? badS : goodS, this.#random);
  }
}
