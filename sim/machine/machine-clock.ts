import type { Clock } from '#protocols/time.ts';

/** The one time of an episode; only the episode moves it on. */
export interface VirtualTime {
  /** Simulated ms since the episode began. */
  nowMs: number;
}

/** Unix time at which every episode begins, µs: 2026-01-01T00:00:00Z. No logic may depend on it. */
const EPISODE_UNIX_US = 1_767_225_600_000_000n;

/**
 * The clock of one simulated computer: it booted some time before the episode began and its crystal
 * runs fast or slow, so that no two members agree on the time.
 */
export class MachineClock implements Clock {
  readonly #time: Readonly<VirtualTime>;
  #bootedMs: number;
  #rate: number;
  #unixShiftUs = 0n;

  /** @param bootedMs uptime at the episode's start, ms. @param skewPpm error of its rate, parts per million. */
  constructor(time: Readonly<VirtualTime>, bootedMs: number, skewPpm: number) {
    this.#time = time;
    this.#bootedMs = bootedMs;
    this.#rate = 1 + skewPpm / 1e6;
  }

  monotonicMs(): number {
    return this.#bootedMs + this.#time.nowMs * this.#rate;
  }

  /** The computer starts anew: the monotonic clock begins at `uptimeMs`. */
  reboot(uptimeMs: number): void {
    this.#bootedMs = uptimeMs - this.#time.nowMs * this.#rate;
  }

  /** From now on its crystal runs fast by this, as when it gets warm. */
  setSkew(skewPpm: number): void {
    const nowMs = this.monotonicMs();
    this.#rate = 1 + skewPpm / 1e6;
    this.reboot(nowMs);
  }

  unixUs(): bigint {
    return EPISODE_UNIX_US + this.#unixShiftUs + BigInt(Math.round(this.#time.nowMs * 1000));
  }

  /** Sets the wall clock on or back, ms; the monotonic one goes on, as on every computer. */
  shiftWallClock(ms: number): void {
    this.#unixShiftUs += BigInt(Math.round(ms * 1000));
  }
}
