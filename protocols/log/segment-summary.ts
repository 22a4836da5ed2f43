import {
  McapRecordBuilder,
  Opcode,
  type Channel,
  type ChunkIndex,
  type MetadataIndex,
  type Schema,
} from '@mcap/core';
import { crc32 } from 'node:zlib';

import { assert } from '../fault.ts';
import { CHANNELS, channelNameOf } from './record.ts';

/** What a segment's index tells of its data section. */
export interface SegmentContents {
  channelIds: Set<number>;
  chunkIndexes: ChunkIndex[];
  metadataIndexes: MetadataIndex[];
  /** Channel id to messages, marks included. */
  messageCounts: Map<number, bigint>;
  /** Unix time, ns. */
  messageStartTime: bigint;
  messageEndTime: bigint;
}

/** A schema without a definition: MCAP's way to say that the encoding explains itself. */
export const schemaOf = (channelId: number): Schema => ({
  id: channelId + 1, // MCAP reserves schema 0 for "none".
  name: `skein.${topicOf(channelId)}`,
  encoding: '',
  data: new Uint8Array(0),
});

export const channelOf = (channelId: number): Channel => ({
  id: channelId,
  schemaId: channelId + 1,
  topic: topicOf(channelId),
  messageEncoding: CHANNELS[topicOf(channelId)].encoding,
  metadata: new Map(),
});

const topicOf = (channelId: number): keyof typeof CHANNELS => {
  const name = channelNameOf(channelId);
  assert(name !== undefined, `channel ${channelId} is in the table`);
  return name;
};

/** Footer without its CRC: opcode, length, two offsets (MCAP specification, "Footer"). */
const FOOTER_PREFIX_BYTES = 25;

/** Everything after DataEnd, for a segment whose data section ends at `position` bytes. */
export const encodeSummary = (contents: SegmentContents, position: number): Uint8Array => {
  const records = new McapRecordBuilder();
  const ids = [...contents.channelIds];
  const groups: [Opcode, () => void][] = [
    [Opcode.SCHEMA, () => ids.forEach((id) => records.writeSchema(schemaOf(id)))],
    [Opcode.CHANNEL, () => ids.forEach((id) => records.writeChannel(channelOf(id)))],
    [Opcode.STATISTICS, () => writeStatistics(records, contents)],
    [
      Opcode.METADATA_INDEX,
      () => contents.metadataIndexes.forEach((index) => records.writeMetadataIndex(index)),
    ],
    [
      Opcode.CHUNK_INDEX,
      () => contents.chunkIndexes.forEach((index) => records.writeChunkIndex(index)),
    ],
  ];
  const offsets = groups.map(([groupOpcode, write]) => {
    const start = records.length;
    write();
    return {
      groupOpcode,
      groupStart: BigInt(position + start),
      groupLength: BigInt(records.length - start),
    };
  });
  const footer = {
    summaryStart: BigInt(position),
    summaryOffsetStart: BigInt(position + records.length),
    summaryCrc: 0,
  };
  for (const offset of offsets) {
    if (offset.groupLength > 0n) records.writeSummaryOffset(offset);
  }
  const body = records.buffer;
  return Buffer.concat([body, encodeFooter(footer, body)]);
};

const encodeFooter = (
  footer: { summaryStart: bigint; summaryOffsetStart: bigint; summaryCrc: number },
  summary: Uint8Array,
): Uint8Array => {
  const records = new McapRecordBuilder();
  records.writeFooter(footer);
  // The CRC covers the summary and the footer up to the CRC itself.
  const prefix = records.buffer.subarray(0, FOOTER_PREFIX_BYTES);
  records.reset();
  records.writeFooter({ ...footer, summaryCrc: crc32(prefix, crc32(summary)) });
  records.writeMagic();
  return records.buffer;
};

const writeStatistics = (records: McapRecordBuilder, contents: SegmentContents): void => {
  const counts = [...contents.messageCounts.values()];
  records.writeStatistics({
    messageCount: counts.reduce((sum, count) => sum + count, 0n),
    schemaCount: contents.channelIds.size,
    channelCount: contents.channelIds.size,
    attachmentCount: 0,
    metadataCount: contents.metadataIndexes.length,
    chunkCount: contents.chunkIndexes.length,
    messageStartTime: contents.messageStartTime,
    messageEndTime: contents.messageEndTime,
    channelMessageCounts: contents.messageCounts,
  });
};
