import type { ChannelName, NumberedRecord } from './record.ts';
import { decodeTickRecord, type TickRecord } from './tick-record.ts';

/** A process made anew from what it was started with; its state lives inside. */
export interface ReplayedProcess {
  /** Encoded inbox in, encoded outbox out, exactly as the process encodes them when it records. */
  tick(nowMs: number, inbox: Uint8Array): Uint8Array;
}

export interface Replayable {
  /** Channel of the record that a process leaves when it starts. */
  start: ChannelName;
  /** Channel of its ticks. */
  tick: ChannelName;
  create(start: Uint8Array): ReplayedProcess;
}

/** The first tick whose outbox differs from the recorded one. */
export interface Divergence {
  channel: ChannelName;
  /** Number of the record in the flight. */
  number: number;
  tick: number;
  nowMs: number;
  /** Unix time, µs. */
  logTimeUs: bigint;
  /** First byte of the outbox that differs; the shorter length when one is a prefix of the other. */
  offset: number;
  recordedBytes: number;
  replayedBytes: number;
}

export interface Replay {
  /** Ticks run and compared. */
  ticks: number;
  /** Starts of the process in the log. */
  starts: number;
  /** Ticks that could not be run: their process's start, or a tick before them, is not in the log. */
  skipped: number;
  divergence: Divergence | undefined;
}

const firstDifference = (a: Uint8Array, b: Uint8Array): number | undefined => {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    if (a[at] !== b[at]) return at;
  }
  return a.length === b.length ? undefined : shorter;
};

class Replayer {
  readonly #replayable: Replayable;
  readonly replay: Replay = { ticks: 0, starts: 0, skipped: 0, divergence: undefined };
  #process: ReplayedProcess | undefined;
  #lastTick = -1;

  constructor(replayable: Replayable) {
    this.#replayable = replayable;
  }

  feed(record: NumberedRecord): void {
    if (record.channel === this.#replayable.start) {
      this.#process = this.#replayable.create(record.payload);
      this.#lastTick = -1;
      this.replay.starts += 1;
    } else if (record.channel === this.#replayable.tick) {
      this.#tick(record, decodeTickRecord(record.payload));
    }
  }

  #tick(record: NumberedRecord, recorded: TickRecord): void {
    // A batch sent again after the recorder died stands in the log twice.
    if (recorded.tick <= this.#lastTick) return;
    if (recorded.tick !== this.#lastTick + 1) this.#process = undefined;
    this.#lastTick = recorded.tick;
    if (this.#process === undefined) {
      this.replay.skipped += 1;
      return;
    }
    const outbox = this.#process.tick(recorded.nowMs, recorded.inbox);
    this.replay.ticks += 1;
    const offset = firstDifference(recorded.outbox, outbox);
    if (offset === undefined) return;
    this.replay.divergence = {
      channel: record.channel,
      number: record.number,
      tick: recorded.tick,
      nowMs: recorded.nowMs,
      logTimeUs: record.logTimeUs,
      offset,
      recordedBytes: recorded.outbox.length,
      replayedBytes: outbox.length,
    };
  }
}

/**
 * Runs one process's recorded ticks again and compares every outbox byte for byte, up to the first
 * that differs. Throws Fault 'log-tick-malformed', and whatever `records` or the process throw.
 */
export const replayFlight = async (
  records: AsyncIterable<NumberedRecord> | Iterable<NumberedRecord>,
  replayable: Replayable,
): Promise<Replay> => {
  const replayer = new Replayer(replayable);
  for await (const record of records) {
    replayer.feed(record);
    if (replayer.replay.divergence !== undefined) break;
  }
  return replayer.replay;
};
