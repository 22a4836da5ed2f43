/** Empties the battery in ten minutes: assumed until the flight itself has shown a rate. */
const ASSUMED_PER_S = 1 / 600;

/** Charge that must have gone before the flight's own rate is believed: PX4 counts whole percents. */
const SHOWN_SHARE = 0.04;

/** The rate is measured over the last charge of this size, so that it follows a stronger wind. */
const WINDOW_SHARE = 0.1;

/** Bounds of a plausible rate: an hour, two minutes. */
const SLOWEST_PER_S = 1 / 3600;
const FASTEST_PER_S = 1 / 120;

/** How fast the battery empties in this flight. */
export class Discharge {
  #startMs: number | undefined;
  #startRemaining = 1;
  #ratePerS = ASSUMED_PER_S;

  /** Share of the battery per second, 1/s. */
  get ratePerS(): number {
    return this.#ratePerS;
  }

  /** Take-off, or a new battery: what was measured before says nothing. */
  restart(): void {
    this.#startMs = undefined;
    this.#ratePerS = ASSUMED_PER_S;
  }

  /** `remaining` 0–1; NaN is ignored. Call while flying. */
  observe(remaining: number, nowMs: number): void {
    if (!(remaining >= 0)) return;
    if (this.#startMs === undefined || remaining > this.#startRemaining) {
      this.#startMs = nowMs;
      this.#startRemaining = remaining;
      return;
    }
    const used = this.#startRemaining - remaining;
    const seconds = (nowMs - this.#startMs) / 1000;
    if (used < SHOWN_SHARE || seconds <= 0) return;
    this.#ratePerS = Math.min(FASTEST_PER_S, Math.max(SLOWEST_PER_S, used / seconds));
    if (used >= WINDOW_SHARE) {
      // Half the window stays: the rate must not be forgotten while the next one is measured.
      this.#startMs += (nowMs - this.#startMs) / 2;
      this.#startRemaining -= used / 2;
    }
  }
}
