import { HeartbeatWatchdog } from './heartbeat-watchdog.ts';

/** A pump that stays away for so long means that the process hangs: it is due every few ms. */
const LIMITS = { hungAfterMs: 500, recoverMs: 1000 };

/** A tool that waits for nothing and asks for nothing for so long is not at work any more. */
const IDLE_AFTER_MS = 5000;

/**
 * When a tool's heartbeat leaves. The pump alone proves little, since it runs on a timer beside the tool:
 * the tool must have asked for something, or wait for an answer. Every wait ends by itself, so
 * a tool that hangs anywhere else falls silent.
 */
export class ToolHeartbeat {
  readonly #watchdog = new HeartbeatWatchdog(LIMITS);
  /** Undefined before the first pump: whoever begins a session is at work. */
  #askedMs: number | undefined;

  /** The tool asked for something, or looked at something. */
  asked(nowMs: number): void {
    this.#askedMs = nowMs;
  }

  /** At each pump: whether a heartbeat is to be sent now. */
  takeDue(nowMs: number, waiting: boolean): boolean {
    if (waiting) this.#askedMs = nowMs;
    this.#askedMs ??= nowMs;
    if (nowMs - this.#askedMs <= IDLE_AFTER_MS) this.#watchdog.feed(nowMs);
    return this.#watchdog.takeDue(nowMs);
  }
}
