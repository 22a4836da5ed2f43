/** How many times something that happens `perS` times a second is due at each step; never more at once than a second's worth. */
export class Pace {
  readonly #perS: number;
  #lastMs: number;
  #owed = 0;

  constructor(perS: number, nowMs: number) {
    this.#perS = perS;
    this.#lastMs = nowMs;
  }

  due(nowMs: number): number {
    const elapsedS = (nowMs - this.#lastMs) / 1000;
    this.#lastMs = nowMs;
    this.#owed = Math.min(this.#perS, this.#owed + elapsedS * this.#perS);
    const count = Math.floor(this.#owed);
    this.#owed -= count;
    return count;
  }
}
