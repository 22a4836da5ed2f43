import { HEARTBEAT_INTERVAL_MS } from './heartbeat.ts';

interface WatchdogOptions {
  /** The application must give a sign of life at least so often. */
  hungAfterMs: number;
  /** After a hang it must have lived for so long without another before it is believed again. */
  recoverMs: number;
}

/**
 * Our heartbeat says that someone is in control, so it may leave only while the application lives:
 * whoever sends it on a timer of its own would go on saying so after the application has hung, and
 * neither PX4 nor a safety pilot would notice. (MAVSDK has a heartbeat watchdog for the same reason.)
 *
 * ```
 *               feed                    no feed for hungAfterMs
 *   QUIET ───────────────▶ BEATING ───────────────────────────────▶ HUNG ◀──┐
 *                             ▲                                      │      │ no feed for
 *                             │                                      │ feed │ hungAfterMs
 *                             │      fed for recoverMs without       ▼      │
 *                             └────────────── a gap ──────────── RECOVERING ┘
 * ```
 *
 * QUIET: nothing is promised before the application has begun. BEATING → HUNG: the gap is seen late at
 * the next call, since a hung process calls nobody; that no heartbeat left meanwhile is what counts.
 * HUNG → RECOVERING → BEATING: a process that starves and gets a turn once in a while must not look alive.
 * A heartbeat is due at once on entering BEATING, then each second.
 */
export class HeartbeatWatchdog {
  readonly #hungAfterMs: number;
  readonly #recoverMs: number;
  #state: 'quiet' | 'beating' | 'hung' | 'recovering' = 'quiet';
  #fedMs = Number.NEGATIVE_INFINITY;
  #recoveringSinceMs = 0;
  #dueMs = Number.NEGATIVE_INFINITY;
  /** Times that the application hung. */
  hangs = 0;

  constructor({ hungAfterMs, recoverMs }: WatchdogOptions) {
    this.#hungAfterMs = hungAfterMs;
    this.#recoverMs = recoverMs;
  }

  get state(): 'quiet' | 'beating' | 'hung' | 'recovering' {
    return this.#state;
  }

  /** The application lives. */
  feed(nowMs: number): void {
    this.#look(nowMs);
    this.#fedMs = nowMs;
    if (this.#state === 'quiet') {
      this.#state = 'beating';
    } else if (this.#state === 'hung') {
      this.#state = 'recovering';
      this.#recoveringSinceMs = nowMs;
    } else if (this.#state === 'recovering' && nowMs - this.#recoveringSinceMs >= this.#recoverMs) {
      this.#state = 'beating';
      this.#dueMs = nowMs;
    }
  }

  /** Whether a heartbeat is to be sent now; the caller then sends it. */
  takeDue(nowMs: number): boolean {
    this.#look(nowMs);
    if (this.#state !== 'beating' || nowMs < this.#dueMs) return false;
    this.#dueMs = nowMs + HEARTBEAT_INTERVAL_MS;
    return true;
  }

  #look(nowMs: number): void {
    if (this.#state === 'quiet' || this.#state === 'hung') return;
    if (nowMs - this.#fedMs <= this.#hungAfterMs) return;
    if (this.#state === 'beating') this.hangs += 1;
    this.#state = 'hung';
  }
}
