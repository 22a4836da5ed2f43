import { STEP_MS } from '../vehicle.ts';

/** Most simulated time made up in one go: longer, and setpoints that wait in a socket would look lost. */
const CATCH_UP_MS = 100;

export interface Due {
  steps: number;
  /** How late the loop is, ms. */
  lagMs: number;
  /** Simulated time given up because it cannot be made up, ms. */
  slippedMs: number;
}

/** Tells how many 4 ms steps are due, so that simulated time keeps pace with the clock. Pure. */
export class Pacing {
  #nextMs: number;

  constructor(startMs: number) {
    this.#nextMs = startMs + STEP_MS;
  }

  due(nowMs: number): Due {
    const lagMs = Math.max(0, nowMs - this.#nextMs);
    const slippedMs = Math.max(0, lagMs - CATCH_UP_MS);
    this.#nextMs += slippedMs;
    const steps = nowMs < this.#nextMs ? 0 : 1 + Math.floor((nowMs - this.#nextMs) / STEP_MS);
    this.#nextMs += steps * STEP_MS;
    return { steps, lagMs, slippedMs };
  }

  /** When to look again. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#nextMs - nowMs);
  }
}
