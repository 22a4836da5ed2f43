import { decodeRecordBatch } from '#protocols/log/batch.ts';
import type { LogHead } from '#protocols/log/log-head.ts';
import type { FlightWriter, LogTime } from '#protocols/log/writer.ts';
import type { Sized } from '#protocols/sized.ts';

/** Runs of senders remembered, so that a batch sent again is not written again. */
const MAX_SENDERS = 64;

/**
 * What became of a batch. full: too much waits for the disk; drop the connection, and the sender will
 * come back with everything that was not acknowledged.
 */
export type Acceptance = 'accepted' | 'full';

/** Answers that are due after a commit. */
export interface RecorderAnswers<Peer> {
  /** Peer and the number of its last batch that is on disk. */
  acknowledgements: [Peer, number][];
  /** New heads of the chain, oldest first: for everyone who gossips them. */
  heads: LogHead[];
}

/** The recorder without its sockets: batches in, acknowledgements and heads out. */
export class Recorder<Peer> {
  readonly #writer: FlightWriter;
  /** Start of a sender to the number of its last batch taken; oldest entry first. */
  readonly #lastNumbers = new Map<number, number>();
  /** Batches taken since the last commit began. */
  #unanswered = new Map<Peer, number>();

  constructor(writer: FlightWriter) {
    this.#writer = writer;
  }

  /**
   * Takes one batch for the next commit, all of it or nothing. Keeps views of `payload`.
   * Throws Fault 'log-batch-malformed' or 'log-record-invalid'.
   */
  accept(peer: Peer, payload: Uint8Array): Acceptance {
    const batch = decodeRecordBatch(payload);
    const last = this.#lastNumbers.get(batch.senderStartMs) ?? 0;
    if (batch.number > last) {
      if (!this.#writer.hasRoomFor(batch.records)) return 'full';
      for (const record of batch.records) this.#writer.append(record);
      this.#remember(batch.senderStartMs, batch.number);
    }
    this.#unanswered.set(peer, Math.max(last, batch.number));
    return 'accepted';
  }

  /** For whoever watches that it stays bounded. */
  get sizes(): Sized[] {
    const senders = { name: 'runs of senders', size: this.#lastNumbers.size, cap: MAX_SENDERS };
    return [this.#writer.waiting, senders];
  }

  forget(peer: Peer): void {
    this.#unanswered.delete(peer);
  }

  commit(now: LogTime): Promise<RecorderAnswers<Peer>> {
    return this.#answerAfter(() => this.#writer.commit(now));
  }

  close(now: LogTime): Promise<RecorderAnswers<Peer>> {
    return this.#answerAfter(() => this.#writer.close(now));
  }

  async #answerAfter(commit: () => Promise<{ heads: LogHead[] }>): Promise<RecorderAnswers<Peer>> {
    const answered = this.#unanswered;
    this.#unanswered = new Map();
    const { heads } = await commit();
    return { acknowledgements: [...answered], heads };
  }

  #remember(senderStartMs: number, number: number): void {
    this.#lastNumbers.delete(senderStartMs);
    this.#lastNumbers.set(senderStartMs, number);
    if (this.#lastNumbers.size <= MAX_SENDERS) return;
    const [oldest] = this.#lastNumbers.keys();
    if (oldest !== undefined) this.#lastNumbers.delete(oldest);
  }
}
