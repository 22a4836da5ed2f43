import type { Random } from '#protocols/random.ts';

/**
 * First-order Gauss–Markov process: an error that wanders with standard deviation `sigma` and
 * forgets itself over `correlationS`. The usual model of GNSS and estimator drift (Groves, ch. 14).
 */
export class Drift {
  value: number;
  readonly #sigma: number;
  readonly #correlationS: number;
  readonly #random: Random;
  #stepS = 0;
  #keep = 1;
  #kick = 0;

  constructor(sigma: number, correlationS: number, random: Random) {
    this.#sigma = sigma;
    this.#correlationS = correlationS;
    this.#random = random;
    this.value = sigma * random.normal();
  }

  step(dtS: number): void {
    if (dtS !== this.#stepS) {
      this.#stepS = dtS;
      this.#keep = Math.exp(-dtS / this.#correlationS);
      this.#kick = this.#sigma * Math.sqrt(1 - this.#keep * this.#keep);
    }
    this.value = this.#keep * this.value + this.#kick * this.#random.normal();
  }
}
