import { McapStreamReader, Opcode, type Message, type TypedMcapRecord } from '@mcap/core';
import { crc32, zstdDecompressSync } from 'node:zlib';

import { Fault } from '../fault.ts';
import { CHANNELS, channelNameOf, MARK_CHANNEL, type NumberedRecord } from './record.ts';
import { nextRunningHash } from './running-hash.ts';
import { decodeSegmentMeta, SEGMENT_METADATA, type SegmentMeta } from './segment-meta.ts';

/** A commit as it stands in a segment. */
interface ScannedChunk {
  /** Offset in the file just after the chunk. */
  endOffset: number;
  /** In MCAP's terms, to be written again; the mark left out. */
  messages: Message[];
}

/** What the bytes of a segment hold, up to the first thing wrong with them. */
export interface SegmentScan {
  meta: SegmentMeta | undefined;
  chunks: ScannedChunk[];
  /** Closed properly: end of data, index and footer are there, and nothing follows. */
  complete: boolean;
  /** Everything before this offset is sound. */
  validBytes: number;
  /** What is wrong at `validBytes`; undefined when complete or merely cut between two records. */
  problem: string | undefined;
}

const MAGIC_BYTES = 8;
const RECORD_HEADER_BYTES = 9;

/** Above what one commit can hold; a chunk that claims more is not ours. */
const MAX_CHUNK_BYTES = 1 << 25;

/**
 * What all chunks of a segment may unpack to: ten seconds of a flight are a few MB, and 64 MiB of
 * chunks that hold nothing but zeros would be terabytes. A scan keeps it all in memory.
 */
const MAX_UNPACKED_BYTES = 1 << 29;

const MARK_ID = CHANNELS[MARK_CHANNEL].id;

/** Walks one segment record by record; chunks count only whole, with CRC and mark right. */
class SegmentScanner {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #reader = new McapStreamReader({
    decompressHandlers: { zstd: (bytes, size) => this.#decompress(bytes, size) },
  });
  readonly scan: SegmentScan = {
    meta: undefined,
    chunks: [],
    complete: false,
    validBytes: 0,
    problem: undefined,
  };
  #runningHash: Uint8Array = new Uint8Array(0);
  #records = 0;
  #roomBytes: number;

  constructor(bytes: Uint8Array, maxUnpackedBytes: number) {
    this.#roomBytes = maxUnpackedBytes;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): SegmentScan {
    if (this.#bytes.length < MAGIC_BYTES) return this.scan;
    try {
      this.#feed(0, MAGIC_BYTES);
      while (this.#step());
    } catch (error) {
      // The library throws plain errors of several kinds on malformed bytes; all mean the same here.
      this.scan.problem = error instanceof Error ? error.message : String(error);
    }
    return this.scan;
  }

  /** True while there is another whole record. */
  #step(): boolean {
    const start = this.scan.validBytes;
    if (this.#bytes.length - start < RECORD_HEADER_BYTES) return false;
    const opcode = this.#view.getUint8(start);
    const length = this.#view.getBigUint64(start + 1, true);
    if (length > BigInt(this.#bytes.length - start - RECORD_HEADER_BYTES)) return false;
    const end = start + RECORD_HEADER_BYTES + Number(length);
    if (opcode === Opcode.FOOTER) return this.#finish(start);
    const records = this.#feed(start, end);
    if (opcode === Opcode.CHUNK) this.#addChunk(records, end);
    else this.#check(records, start);
    this.scan.validBytes = end;
    return true;
  }

  #finish(start: number): false {
    this.#feed(start, this.#bytes.length);
    if (this.#reader.done()) {
      this.scan.complete = true;
      this.scan.validBytes = this.#bytes.length;
    }
    return false;
  }

  #feed(start: number, end: number): TypedMcapRecord[] {
    this.#reader.append(this.#bytes.subarray(start, end));
    const records: TypedMcapRecord[] = [];
    for (;;) {
      const record = this.#reader.nextRecord();
      if (record === undefined || record.type === 'Footer') break;
      records.push(record);
    }
    if (start === 0) this.scan.validBytes = end;
    return records;
  }

  #check(records: readonly TypedMcapRecord[], start: number): void {
    for (const record of records) {
      if (record.type === 'Metadata' && record.name === SEGMENT_METADATA) {
        this.scan.meta = decodeSegmentMeta(record.metadata);
        this.#runningHash = Buffer.from(this.scan.meta.previousHead, 'hex');
      } else if (record.type === 'Message') {
        throw new Fault('log-segment-malformed', 'a message outside a chunk');
      } else if (
        record.type === 'DataEnd' &&
        record.dataSectionCrc !== crc32(this.#bytes.subarray(0, start))
      ) {
        throw new Fault('log-segment-malformed', 'the CRC of the data section does not match');
      }
    }
  }

  #decompress(bytes: Uint8Array, uncompressedSize: bigint): Uint8Array {
    if (uncompressedSize > MAX_CHUNK_BYTES) {
      throw new Fault('log-segment-malformed', `a chunk claims ${uncompressedSize} bytes`);
    }
    if (uncompressedSize > this.#roomBytes) {
      throw new Fault(
        'log-segment-malformed',
        'the segment unpacks to more than any flight writes',
      );
    }
    const unpacked = zstdDecompressSync(bytes, { maxOutputLength: MAX_CHUNK_BYTES });
    this.#roomBytes -= unpacked.length;
    return unpacked;
  }

  #addChunk(records: readonly TypedMcapRecord[], endOffset: number): void {
    const { meta } = this.scan;
    if (meta === undefined) throw new Fault('log-segment-malformed', 'a chunk before the metadata');
    const messages = records.filter((record) => record.type === 'Message');
    const mark = messages.pop();
    this.#runningHash = nextRunningHash(this.#runningHash, messages);
    if (mark?.channelId !== MARK_ID || !this.#runningHash.every((b, at) => b === mark.data[at])) {
      throw new Fault('log-segment-malformed', 'the mark of a chunk does not match its records');
    }
    for (const message of messages) {
      if (message.sequence !== (meta.firstNumber + this.#records) % 2 ** 32) {
        throw new Fault('log-segment-malformed', `record ${message.sequence} out of order`);
      }
      if (channelNameOf(message.channelId) === undefined) {
        throw new Fault('log-segment-malformed', `unknown channel ${message.channelId}`, {
          remedy: 'Read this log with the version of skein that wrote it, or a newer one.',
        });
      }
      this.#records += 1;
    }
    this.scan.chunks.push({ endOffset, messages });
  }
}

/** Reads as much of a segment as is sound. Never throws on malformed bytes. */
export const scanSegment = (
  bytes: Uint8Array,
  maxUnpackedBytes = MAX_UNPACKED_BYTES,
): SegmentScan => new SegmentScanner(bytes, maxUnpackedBytes).run();

/** The records of a scanned segment in the order they were committed. */
export const recordsOf = (scan: SegmentScan): NumberedRecord[] => {
  let number = scan.meta?.firstNumber ?? 0;
  return scan.chunks.flatMap((chunk) =>
    chunk.messages.map((message) => ({
      number: number++,
      channel: channelNameOf(message.channelId)!,
      monotonicMs: Number(message.publishTime) / 1e6,
      logTimeUs: message.logTime / 1000n,
      payload: message.data,
    })),
  );
};

export const countRecords = (scan: SegmentScan): number =>
  scan.chunks.reduce((sum, chunk) => sum + chunk.messages.length, 0);
