import { McapChunkBuilder, McapRecordBuilder, type Message } from '@mcap/core';
import { constants, crc32, zstdCompressSync } from 'node:zlib';

import { nextRunningHash } from './running-hash.ts';
import { CHANNELS, MARK_CHANNEL } from './record.ts';
import { encodeSegmentMeta, SEGMENT_METADATA, type SegmentMeta } from './segment-meta.ts';
import { channelOf, encodeSummary, schemaOf, type SegmentContents } from './segment-summary.ts';

/** Level 1: on chunks of a few kB the higher levels cost more and save next to nothing. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Writes one MCAP segment as a series of byte strings, in order: {@link start}, any number of
 * {@link chunk}, {@link end}. Built on the library's record builders and not on its McapWriter,
 * which cannot be told to finish a chunk: here every commit must leave a whole chunk behind, with a
 * mark (the running hash) as its last message.
 */
export class SegmentEncoder {
  readonly #meta: SegmentMeta;
  readonly #records = new McapRecordBuilder();
  readonly #chunk = new McapChunkBuilder({ useMessageIndex: true });
  readonly #contents: SegmentContents = {
    channelIds: new Set(),
    chunkIndexes: [],
    metadataIndexes: [],
    messageCounts: new Map(),
    messageStartTime: 0n,
    messageEndTime: 0n,
  };
  #position = 0;
  #dataCrc = 0;
  #runningHash: Uint8Array;

  constructor(meta: SegmentMeta) {
    this.#meta = meta;
    this.#runningHash = Buffer.from(meta.previousHead, 'hex');
  }

  start(): Uint8Array {
    this.#records.writeMagic();
    this.#records.writeHeader({ profile: 'skein', library: 'skein' });
    const metadata = { name: SEGMENT_METADATA, metadata: encodeSegmentMeta(this.#meta) };
    const offset = BigInt(this.#records.length);
    const length = this.#records.writeMetadata(metadata);
    this.#contents.metadataIndexes.push({ name: SEGMENT_METADATA, offset, length });
    return this.#emitData();
  }

  /** One whole chunk of at least one record, its mark and its indexes. */
  chunk(messages: readonly Message[]): Uint8Array {
    const last = messages.at(-1)!;
    this.#runningHash = nextRunningHash(this.#runningHash, messages);
    for (const message of messages) this.#addMessage(message);
    const mark = { ...last, channelId: CHANNELS[MARK_CHANNEL].id, data: this.#runningHash };
    this.#addMessage(mark);

    const content = this.#chunk.buffer;
    const compressed = zstdCompressSync(content, ZSTD);
    const description = {
      messageStartTime: this.#chunk.messageStartTime,
      messageEndTime: this.#chunk.messageEndTime,
      compression: 'zstd',
      uncompressedSize: BigInt(content.length),
    };
    const start = this.#position;
    const length = this.#records.writeChunk({
      ...description,
      uncompressedCrc: crc32(content),
      records: compressed,
    });
    const offsets = new Map<number, bigint>();
    const indexStart = this.#records.length;
    for (const index of this.#chunk.indices) {
      offsets.set(index.channelId, BigInt(start + this.#records.length));
      this.#records.writeMessageIndex(index);
    }
    this.#contents.chunkIndexes.push({
      ...description,
      chunkStartOffset: BigInt(start),
      chunkLength: length,
      messageIndexOffsets: offsets,
      messageIndexLength: BigInt(this.#records.length - indexStart),
      compressedSize: BigInt(compressed.length),
    });
    this.#chunk.reset();
    return this.#emitData();
  }

  /** End of data, indexes and footer; nothing may follow. */
  end(): Uint8Array {
    this.#records.writeDataEnd({ dataSectionCrc: this.#dataCrc });
    const dataEnd = this.#emit();
    const summary = encodeSummary(this.#contents, this.#position);
    this.#position += summary.length;
    return Buffer.concat([dataEnd, summary]);
  }

  #addMessage(message: Message): void {
    const { channelIds, messageCounts } = this.#contents;
    if (!channelIds.has(message.channelId)) {
      channelIds.add(message.channelId);
      this.#chunk.addSchema(schemaOf(message.channelId));
      this.#chunk.addChannel(channelOf(message.channelId));
    }
    this.#chunk.addMessage(message);
    const first = messageCounts.size === 0;
    messageCounts.set(message.channelId, (messageCounts.get(message.channelId) ?? 0n) + 1n);
    const time = message.logTime;
    if (first || time < this.#contents.messageStartTime) this.#contents.messageStartTime = time;
    if (first || time > this.#contents.messageEndTime) this.#contents.messageEndTime = time;
  }

  #emitData(): Uint8Array {
    const bytes = this.#emit();
    this.#dataCrc = crc32(bytes, this.#dataCrc);
    return bytes;
  }

  #emit(): Uint8Array {
    const bytes = this.#records.buffer;
    this.#records.reset();
    this.#position += bytes.length;
    return bytes;
  }
}
