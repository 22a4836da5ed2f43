/**
 * The one channel that all stations share. Each has a queue of its own, and those that have something to
 * send take turns (IEEE 802.11 DCF: equal chances to transmit; here equal airtime): a station that
 * floods the channel takes its share of it and lengthens its own queue, not that of all. Within a station
 * what seldom speaks does not wait behind what fills the queue (fq_codel, RFC 8290, as Linux has it):
 * a flow of that kind counts as a station of its own here.
 * Times in ms.
 */
export class Medium {
  /** Airtime that still waits at each station that has any. */
  readonly #waiting = new Map<number, number>();
  #atMs = 0;
  /** Airtime taken so far, lost and repeated packets included. */
  airtimeMs = 0;

  /**
   * When a packet of `airtimeMs` that the station wants to send from now on would be done, as far as is
   * known of what else waits: behind its own queue, and as much of each of the others'; of the last turn
   * half of them come before it.
   */
  doneMs(station: number, airtimeMs: number, nowMs: number): number {
    this.#pass(nowMs);
    const before = this.#waiting.get(station) ?? 0;
    let waitMs = before;
    for (const [other, waiting] of this.#waiting) {
      if (other !== station) waitMs += Math.min(waiting, before + airtimeMs / 2);
    }
    return Math.max(this.#atMs, nowMs) + waitMs + airtimeMs;
  }

  /** Puts a packet into the station's queue. */
  take(station: number, airtimeMs: number, nowMs: number): void {
    this.#pass(nowMs);
    this.#waiting.set(station, (this.#waiting.get(station) ?? 0) + airtimeMs);
    this.airtimeMs += airtimeMs;
  }

  /** Whoever waits has had an equal part of the time since then. */
  #pass(nowMs: number): void {
    let leftMs = nowMs - this.#atMs;
    if (!(leftMs > 0)) return;
    this.#atMs = nowMs;
    while (leftMs > 0 && this.#waiting.size > 0) {
      const turns = this.#waiting.size;
      const stepMs = Math.min(leftMs / turns, Math.min(...this.#waiting.values()));
      leftMs -= stepMs * turns;
      for (const [station, waiting] of this.#waiting) {
        if (waiting > stepMs) this.#waiting.set(station, waiting - stepMs);
        else this.#waiting.delete(station);
      }
    }
  }
}
