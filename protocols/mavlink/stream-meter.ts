/** More ids than any dialect that PX4 speaks streams at once. */
const MAX_KINDS = 512;

interface Count {
  firstMs: number;
  lastMs: number;
  frames: number;
}

/** How often each message came since the meter was begun anew. */
export class StreamMeter {
  readonly #counts = new Map<number, Count>();

  count(msgid: number, nowMs: number): void {
    const count = this.#counts.get(msgid);
    if (count !== undefined) {
      count.lastMs = nowMs;
      count.frames += 1;
    } else if (this.#counts.size < MAX_KINDS) {
      this.#counts.set(msgid, { firstMs: nowMs, lastMs: nowMs, frames: 1 });
    }
  }

  restart(): void {
    this.#counts.clear();
  }

  /** Hz over a window that ended now; 0 for what did not come. */
  rateHz(msgid: number, windowMs: number): number {
    const count = this.#counts.get(msgid);
    if (count === undefined || !(windowMs > 0)) return 0;
    const spanMs = count.lastMs - count.firstMs;
    // By the gaps between frames where there are enough of them: a window's ends cut periods.
    return count.frames > 2 && spanMs > windowMs / 2
      ? ((count.frames - 1) * 1000) / spanMs
      : (count.frames * 1000) / windowMs;
  }
}
