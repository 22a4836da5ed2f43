import type { Message } from '@mcap/core';
import { createHash, type Hash } from 'node:crypto';

import { assert, Fault } from '../fault.ts';
import type { Sized } from '../sized.ts';
import { CHAIN_FILE, extendChain, type ChainHead, type Link, type SegmentLink } from './chain.ts';
import type { AppendFile, Disk } from './disk-port.ts';
import type { LogHead } from './log-head.ts';
import { CHANNELS, checkRecord, type LogRecord } from './record.ts';
import { openFlight } from './recover.ts';
import { SegmentEncoder } from './segment-encoder.ts';
import { segmentFile, type FlightInfo } from './segment-meta.ts';

/** The two clocks, read where the writer is driven. */
export interface LogTime {
  monotonicMs: number;
  unixUs: bigint;
}

interface WriterLimits {
  /** A segment closes at the first commit past this size or age; its head can be gossiped then. */
  segmentBytes: number;
  segmentMs: number;
  /** Payload bytes that may wait for the next commit; bounds memory and the size of a chunk. */
  pendingBytes: number;
}

const LIMITS: WriterLimits = { segmentBytes: 4 << 20, segmentMs: 10_000, pendingBytes: 8 << 20 };

/** What a record costs beside its payload, generously. */
const RECORD_OVERHEAD_BYTES = 64;

/** What a commit made durable. */
export interface Commit {
  /** Records of the flight that are durable now. */
  records: number;
  /** Heads of the links that this commit added to the chain, oldest first. */
  heads: LogHead[];
}

interface OpenSegment {
  index: number;
  firstNumber: number;
  file: AppendFile;
  encoder: SegmentEncoder;
  hash: Hash;
  bytes: number;
  openedMs: number;
}

/**
 * Writes one flight: {@link append} gathers records in memory, {@link commit} makes all of them
 * durable as one chunk and closes the segment when it is due. Only what a commit has returned for
 * is acknowledged. Driven from outside, it owns no timer and no clock; after any error it refuses
 * to go on, and opening the directory anew mends it.
 */
export class FlightWriter {
  /** Segments that a crash had torn and that opening mended. */
  readonly mended: readonly SegmentLink[];
  readonly #disk: Disk;
  readonly #flight: FlightInfo;
  readonly #limits: WriterLimits;
  readonly #chainFile: AppendFile;
  #chain: ChainHead;
  #nextSegment: number;
  #durable: number;
  #pending: Message[] = [];
  #pendingBytes = 0;
  #nextNumber: number;
  #segment: OpenSegment | undefined;
  #state: 'idle' | 'committing' | 'broken' | 'closed' = 'idle';

  private constructor(
    disk: Disk,
    flight: FlightInfo,
    limits: WriterLimits,
    chainFile: AppendFile,
    state: Awaited<ReturnType<typeof openFlight>>,
  ) {
    this.#disk = disk;
    this.#flight = flight;
    this.#limits = limits;
    this.#chainFile = chainFile;
    this.#chain = state.chain;
    this.#nextSegment = state.nextSegment;
    this.#nextNumber = state.nextNumber;
    this.#durable = state.nextNumber;
    this.mended = state.mended;
  }

  /** Begins a flight or goes on with it after a crash. Throws as {@link openFlight} does. */
  static async open(
    disk: Disk,
    flight: FlightInfo,
    now: LogTime,
    limits: Partial<WriterLimits> = {},
  ): Promise<FlightWriter> {
    const state = await openFlight(disk, flight, Number(now.unixUs));
    const chainFile = await disk.extend(CHAIN_FILE);
    return new FlightWriter(disk, flight, { ...LIMITS, ...limits }, chainFile, state);
  }

  /** The head that the chain stands at, in the mesh's terms. */
  head(now: LogTime): LogHead {
    return {
      link: this.#chain.links - 1,
      closedUs: Number(now.unixUs),
      head: Buffer.from(this.#chain.head, 'hex'),
    };
  }

  /** For whoever watches that it stays bounded. */
  get waiting(): Sized {
    const { pendingBytes: cap } = this.#limits;
    return { name: 'bytes that wait for the disk', size: this.#pendingBytes, cap };
  }

  hasRoomFor(records: readonly LogRecord[]): boolean {
    const bytes = records.reduce((sum, one) => sum + one.payload.length + RECORD_OVERHEAD_BYTES, 0);
    return this.#pendingBytes + bytes <= this.#limits.pendingBytes;
  }

  /**
   * Keeps the payload, not a copy, until it is committed.
   * Throws Fault 'log-record-invalid', or 'log-full' when {@link hasRoomFor} says no.
   */
  append(record: LogRecord): void {
    checkRecord(record);
    if (!this.hasRoomFor([record])) {
      throw new Fault('log-full', 'more records wait for the disk than may', {
        data: { pendingBytes: this.#pendingBytes, maxBytes: this.#limits.pendingBytes },
      });
    }
    this.#pending.push({
      channelId: CHANNELS[record.channel].id,
      sequence: this.#nextNumber % 2 ** 32,
      logTime: record.logTimeUs * 1000n,
      publishTime: BigInt(Math.round(record.monotonicMs * 1e6)),
      data: record.payload,
    });
    this.#pendingBytes += record.payload.length + RECORD_OVERHEAD_BYTES;
    this.#nextNumber += 1;
  }

  /** Makes durable what was appended before the call. Never call it while another runs. */
  async commit(now: LogTime): Promise<Commit> {
    return this.#exclusively(async () => {
      const heads: LogHead[] = [];
      await this.#writePending(now);
      const segment = this.#segment;
      const due =
        segment !== undefined &&
        (segment.bytes >= this.#limits.segmentBytes ||
          now.monotonicMs - segment.openedMs >= this.#limits.segmentMs);
      if (due) heads.push(await this.#closeSegment(segment, now));
      return { records: this.#durable, heads };
    });
  }

  /** Commits the rest and ends the chain. The flight may still be opened and gone on with later. */
  async close(now: LogTime): Promise<Commit> {
    const commit = await this.#exclusively(async () => {
      const heads: LogHead[] = [];
      await this.#writePending(now);
      if (this.#segment !== undefined) heads.push(await this.#closeSegment(this.#segment, now));
      heads.push(await this.#addLink({ kind: 'end', closedUs: Number(now.unixUs) }, now));
      await this.#chainFile.close();
      return { records: this.#durable, heads };
    });
    this.#state = 'closed';
    return commit;
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    assert(this.#state === 'idle', `the log writer is idle, not ${this.#state}`);
    this.#state = 'committing';
    try {
      const result = await work();
      this.#state = 'idle';
      return result;
    } catch (error) {
      this.#state = 'broken';
      throw error;
    }
  }

  async #writePending(now: LogTime): Promise<void> {
    const messages = this.#pending;
    if (messages.length === 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#segment ??= await this.#openSegment(now);
    await this.#appendTo(this.#segment, this.#segment.encoder.chunk(messages));
    await this.#segment.file.sync();
    this.#durable += messages.length;
  }

  async #openSegment(now: LogTime): Promise<OpenSegment> {
    const index = this.#nextSegment;
    this.#nextSegment += 1;
    const firstNumber = this.#durable;
    const meta = { flight: this.#flight, index, previousHead: this.#chain.head, firstNumber };
    const segment = {
      index,
      firstNumber,
      file: await this.#disk.create(segmentFile(index)),
      encoder: new SegmentEncoder(meta),
      hash: createHash('sha256'),
      bytes: 0,
      openedMs: now.monotonicMs,
    };
    await this.#appendTo(segment, segment.encoder.start());
    return segment;
  }

  async #appendTo(segment: OpenSegment, bytes: Uint8Array): Promise<void> {
    segment.hash.update(bytes);
    segment.bytes += bytes.length;
    await segment.file.append(bytes);
  }

  async #closeSegment(segment: OpenSegment, now: LogTime): Promise<LogHead> {
    await this.#appendTo(segment, segment.encoder.end());
    // The link vouches for the file, so the file must be durable first.
    await segment.file.sync();
    await segment.file.close();
    this.#segment = undefined;
    const link: Link = {
      kind: 'segment',
      index: segment.index,
      file: segmentFile(segment.index),
      bytes: segment.bytes,
      sha256: segment.hash.digest('hex'),
      records: this.#durable - segment.firstNumber,
      closedUs: Number(now.unixUs),
    };
    return this.#addLink(link, now);
  }

  async #addLink(link: Link, now: LogTime): Promise<LogHead> {
    const next = extendChain(this.#chain, link);
    await this.#chainFile.append(next.line);
    await this.#chainFile.sync();
    this.#chain = next.chain;
    return this.head(now);
  }
}
