import { fullBucket, takeTokens, type BucketLimits, type TokenBucket } from './token-bucket.ts';

/** Thrice what a mesh radio carries at its best; a swarm of thirty needs a tenth. */
const BYTE_RATE: BucketLimits = { perS: 1 << 20, burst: 4 << 20 };
/** Long enough that coming back at once and again is no flood either. */
const QUARANTINE_MS = 30_000;
/** Members at most, as in a roster. */
const MAX_PEERS = 256;

/** Who sent more than anybody honest does, and is kept out for a while. Peers are told apart by peer id. */
export class Quarantine {
  readonly #budgets = new Map<string, TokenBucket>();
  readonly #untilMs = new Map<string, number>();

  /** Counts what a peer sent; true when that was too much: it is kept out from now on. */
  noteBytes(peerId: string, bytes: number, nowMs: number): boolean {
    if (this.holds(peerId, nowMs)) return false;
    const budget = this.#budgets.get(peerId) ?? fullBucket(BYTE_RATE, nowMs);
    if (this.#budgets.size >= MAX_PEERS) this.#budgets.clear();
    this.#budgets.set(peerId, budget);
    if (takeTokens(budget, BYTE_RATE, bytes, nowMs)) return false;
    this.#budgets.delete(peerId);
    if (this.#untilMs.size >= MAX_PEERS) this.#untilMs.clear();
    this.#untilMs.set(peerId, nowMs + QUARANTINE_MS);
    return true;
  }

  holds(peerId: string, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(peerId);
    if (untilMs === undefined) return false;
    if (nowMs < untilMs) return true;
    this.#untilMs.delete(peerId);
    return false;
  }
}
