import { Fault } from '../fault.ts';
import {
  CHANNELS,
  channelNameOf,
  checkRecord,
  MARK_CHANNEL,
  MAX_RECORD_BYTES,
  type ChannelName,
  type LogRecord,
} from './record.ts';

/**
 * Records on their way to the recorder, many to a frame, in a fixed layout, so that a control loop
 * needs no general encoder. Little-endian: f64 senderStartMs, u32 number; then for every record
 * u16 channel, f64 monotonicMs, u64 logTimeUs, u32 length, payload.
 */
export interface RecordBatch {
  /** When the sending process started, monotonic ms: tells one run of a sender from the next. */
  senderStartMs: number;
  /** Counts the batches of this sender from 1; a batch sent again keeps its number. */
  number: number;
  records: LogRecord[];
}

const HEADER_BYTES = 12;
const RECORD_HEADER_BYTES = 22;

/** Below the channel's cap of 1 MiB a frame, its type byte included. */
const MAX_BATCH_BYTES = (1 << 20) - 16;

/** Fills one preallocated buffer; {@link take} copies the batch out and starts the next. */
export class BatchEncoder {
  readonly #bytes = new Uint8Array(MAX_BATCH_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = HEADER_BYTES;
  #records = 0;

  get records(): number {
    return this.#records;
  }

  get byteLength(): number {
    return this.#length;
  }

  /** False when the batch is full: take it, then add again. Throws Fault 'log-record-invalid'. */
  add(channel: ChannelName, monotonicMs: number, logTimeUs: bigint, payload: Uint8Array): boolean {
    if (payload.length > MAX_RECORD_BYTES)
      checkRecord({ channel, monotonicMs, logTimeUs, payload });
    const start = this.#length;
    if (start + RECORD_HEADER_BYTES + payload.length > MAX_BATCH_BYTES) return false;
    this.#view.setUint16(start, CHANNELS[channel].id, true);
    this.#view.setFloat64(start + 2, monotonicMs, true);
    this.#view.setBigUint64(start + 10, logTimeUs, true);
    this.#view.setUint32(start + 18, payload.length, true);
    this.#bytes.set(payload, start + RECORD_HEADER_BYTES);
    this.#length = start + RECORD_HEADER_BYTES + payload.length;
    this.#records += 1;
    return true;
  }

  take(senderStartMs: number, number: number): Uint8Array {
    this.#view.setFloat64(0, senderStartMs, true);
    this.#view.setUint32(8, number, true);
    const batch = this.#bytes.slice(0, this.#length);
    this.#length = HEADER_BYTES;
    this.#records = 0;
    return batch;
  }
}

const malformed = (what: string, offset: number): Fault =>
  new Fault('log-batch-malformed', `a batch of records is malformed at byte ${offset}: ${what}`, {
    data: { offset, what },
  });

/** Throws Fault 'log-batch-malformed' or 'log-record-invalid'. Payloads are views of `bytes`. */
export const decodeRecordBatch = (bytes: Uint8Array): RecordBatch => {
  if (bytes.length < HEADER_BYTES) throw malformed('no header', 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const senderStartMs = view.getFloat64(0, true);
  if (!Number.isFinite(senderStartMs)) throw malformed('no sender', 0);
  const records: LogRecord[] = [];
  let offset = HEADER_BYTES;
  while (offset < bytes.length) {
    if (offset + RECORD_HEADER_BYTES > bytes.length) throw malformed('record cut short', offset);
    const channel = channelNameOf(view.getUint16(offset, true));
    if (channel === undefined || channel === MARK_CHANNEL) throw malformed('channel', offset);
    const end = offset + RECORD_HEADER_BYTES + view.getUint32(offset + 18, true);
    if (end > bytes.length) throw malformed('payload cut short', offset);
    const record = {
      channel,
      monotonicMs: view.getFloat64(offset + 2, true),
      logTimeUs: view.getBigUint64(offset + 10, true),
      payload: bytes.subarray(offset + RECORD_HEADER_BYTES, end),
    };
    checkRecord(record);
    records.push(record);
    offset = end;
  }
  return { senderStartMs, number: view.getUint32(8, true), records };
};

/** The recorder's answer: this sender's batches up to `number` are on disk. u32 little-endian. */
export const encodeAcknowledgement = (number: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
};

/** Undefined for anything malformed. */
export const decodeAcknowledgement = (bytes: Uint8Array): number | undefined =>
  bytes.length === 4
    ? new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
    : undefined;
