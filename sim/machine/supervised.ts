import { restartDelayMs } from '#agent/restart.ts';
import type { Random } from '#protocols/random.ts';
import type { Clock } from '#protocols/time.ts';
import type { ProcessHost } from './companion.ts';

/** From a supervisor's spawn to a process's first tick, ms: measured with compiled code in the cache. */
const SPAWN_MS = { least: 250, spread: 250 };

/** One process under its supervisor's eye: started, and started again when it died. */
export class Supervised {
  readonly host: ProcessHost;
  readonly #clock: Clock;
  readonly #random: Random;
  #startAtMs: number | undefined;
  #startedMs = 0;
  #delayMs: number | undefined;
  /** Added to the next start, ms: a slow card, a busy processor. */
  #heldUpMs = 0;

  constructor(host: ProcessHost, clock: Clock, random: Random) {
    this.host = host;
    this.#clock = clock;
    this.#random = random;
  }

  spawn(afterMs = 0): void {
    const spawnMs = SPAWN_MS.least + SPAWN_MS.spread * this.#random.uniform();
    this.#startAtMs = this.#clock.monotonicMs() + afterMs + spawnMs + this.#heldUpMs;
    this.#heldUpMs = 0;
  }

  /** Its next start takes this much longer, once. */
  holdUp(byMs: number): void {
    this.#heldUpMs = byMs;
  }

  /** Its supervisor is a new one, which has never seen it die. */
  forget(): void {
    this.#delayMs = undefined;
  }

  /** True when it is time to {@link start}. */
  isDue(): boolean {
    return this.#startAtMs !== undefined && this.#clock.monotonicMs() >= this.#startAtMs;
  }

  start(): void {
    this.#startAtMs = undefined;
    this.#startedMs = this.#clock.monotonicMs();
    this.host.start();
  }

  /** Kills it; its supervisor, unless it is gone too, starts it again as agent/main.ts does. */
  kill(isSupervised: boolean): void {
    this.host.kill();
    this.#startAtMs = undefined;
    if (!isSupervised) return;
    this.#delayMs = restartDelayMs(this.#clock.monotonicMs() - this.#startedMs, this.#delayMs);
    this.spawn(this.#delayMs);
  }
}
