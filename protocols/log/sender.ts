import { BatchEncoder, decodeAcknowledgement } from './batch.ts';
import type { Sized } from '../sized.ts';
import type { ChannelName } from './record.ts';

/** A batch is sealed at this size even before it is flushed, so that no frame gets large. */
const SEAL_BYTES = 1 << 16;

/** Batches kept for sending again; past this the oldest go, and a 'log/lost' record says so. */
const MAX_UNACKNOWLEDGED_BYTES = 4 << 20;

interface SealedBatch {
  number: number;
  bytes: Uint8Array;
  records: number;
}

interface SenderOptions {
  /** Monotonic ms of this process's start: tells its batches from an earlier run's. */
  senderStartMs: number;
  /** Puts one batch on the channel to the recorder; false when it cannot go out now. */
  send(batch: Uint8Array): boolean;
}

/**
 * A process's side of its log. Records gather in a preallocated batch, {@link flush} sends it, and a
 * batch is kept until the recorder acknowledged that it is on disk: after the recorder died or lagged,
 * what it may have lost goes out again. {@link add} only copies bytes, fit for a control loop.
 */
export class RecordSender {
  readonly #options: SenderOptions;
  readonly #batch = new BatchEncoder();
  /** Oldest first; the first `#sent` of them are on the channel already. */
  #kept: SealedBatch[] = [];
  #keptBytes = 0;
  #sent = 0;
  #nextNumber = 1;
  #lostRecords = 0;
  #reportedLost = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Throws Fault 'log-record-invalid' on a payload past MAX_RECORD_BYTES. */
  add(channel: ChannelName, monotonicMs: number, logTimeUs: bigint, payload: Uint8Array): void {
    if (!this.#batch.add(channel, monotonicMs, logTimeUs, payload)) {
      this.#seal();
      this.#batch.add(channel, monotonicMs, logTimeUs, payload);
    }
    if (this.#lostRecords > this.#reportedLost) this.#reportLoss(monotonicMs, logTimeUs);
    if (this.#batch.byteLength >= SEAL_BYTES) this.#seal();
  }

  /** For whoever watches that it stays bounded. */
  get size(): Sized {
    const cap = MAX_UNACKNOWLEDGED_BYTES;
    return { name: 'bytes that the recorder has not confirmed', size: this.#keptBytes, cap };
  }

  /** Sends what is there, as far as the channel takes it. */
  flush(): void {
    this.#seal();
    while (this.#sent < this.#kept.length) {
      if (!this.#options.send(this.#kept[this.#sent]!.bytes)) return;
      this.#sent += 1;
    }
  }

  /** A new connection to the recorder: everything not acknowledged goes out again. */
  reconnected(): void {
    this.#sent = 0;
    this.flush();
  }

  /** The recorder's word that the batches up to a number are on disk; anything malformed is ignored. */
  acknowledge(payload: Uint8Array): void {
    const number = decodeAcknowledgement(payload) ?? 0;
    while (this.#kept.length > 0 && this.#kept[0]!.number <= number) this.#dropOldest();
  }

  /** Says the whole loss each time, because a report may be lost as well. */
  #reportLoss(monotonicMs: number, logTimeUs: bigint): void {
    const payload = new TextEncoder().encode(JSON.stringify({ records: this.#lostRecords }));
    const added = this.#batch.add('log/lost', monotonicMs, logTimeUs, payload);
    if (added) this.#reportedLost = this.#lostRecords;
  }

  #seal(): void {
    const { records } = this.#batch;
    if (records === 0) return;
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    const bytes = this.#batch.take(this.#options.senderStartMs, number);
    this.#kept.push({ number, bytes, records });
    this.#keptBytes += bytes.length;
    while (this.#keptBytes > MAX_UNACKNOWLEDGED_BYTES) {
      this.#lostRecords += this.#kept[0]!.records;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const oldest = this.#kept.shift();
    this.#keptBytes -= oldest?.bytes.length ?? 0;
    this.#sent = Math.max(0, this.#sent - 1);
  }
}
