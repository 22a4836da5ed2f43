import { createHash } from 'node:crypto';

/** What the hash covers of a record, as MCAP's Message names and keeps it. */
export interface HashedMessage {
  channelId: number;
  sequence: number;
  /** Unix time, ns. */
  logTime: bigint;
  /** CLOCK_MONOTONIC, ns. */
  publishTime: bigint;
  data: Uint8Array;
}

const HEADER_BYTES = 26;

/**
 * SHA-256 of the previous hash and of every record since, so that each mark in a segment vouches for
 * all records before it. It covers records, not MCAP's framing: a segment written again after a torn
 * tail keeps its marks. A segment starts from the head of the chain before it.
 */
export const nextRunningHash = (
  previous: Uint8Array,
  messages: readonly HashedMessage[],
): Uint8Array => {
  const hash = createHash('sha256').update(previous);
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  for (const message of messages) {
    view.setUint16(0, message.channelId, true);
    view.setUint32(2, message.sequence, true);
    view.setBigUint64(6, message.logTime, true);
    view.setBigUint64(14, message.publishTime, true);
    view.setUint32(22, message.data.length, true);
    hash.update(header).update(message.data);
  }
  return hash.digest();
};
