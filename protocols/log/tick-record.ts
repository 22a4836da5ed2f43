import { Fault } from '../fault.ts';

/**
 * One tick of a process, whole: what went in, what came out. Replay feeds the inbox to the same code
 * and compares the outbox byte for byte.
 */
export interface TickRecord {
  /** Counts the ticks of one process from 0 at its start: a gap shows that records were lost. */
  tick: number;
  /** Monotonic ms that the tick was given, exactly. */
  nowMs: number;
  inbox: Uint8Array;
  outbox: Uint8Array;
}

/** u32 tick, f64 nowMs, u32 length of the inbox, the inbox, the outbox; little-endian. */
const HEADER_BYTES = 16;

export const encodeTickRecord = (record: TickRecord): Uint8Array => {
  const bytes = new Uint8Array(HEADER_BYTES + record.inbox.length + record.outbox.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, record.tick, true);
  view.setFloat64(4, record.nowMs, true);
  view.setUint32(12, record.inbox.length, true);
  bytes.set(record.inbox, HEADER_BYTES);
  bytes.set(record.outbox, HEADER_BYTES + record.inbox.length);
  return bytes;
};

/** Throws Fault 'log-tick-malformed'. Inbox and outbox are views of `bytes`. */
export const decodeTickRecord = (bytes: Uint8Array): TickRecord => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const inboxEnd = bytes.length < HEADER_BYTES ? Infinity : HEADER_BYTES + view.getUint32(12, true);
  if (inboxEnd > bytes.length) {
    throw new Fault('log-tick-malformed', `a tick record of ${bytes.length} bytes is cut short`, {
      data: { bytes: bytes.length },
    });
  }
  return {
    tick: view.getUint32(0, true),
    nowMs: view.getFloat64(4, true),
    inbox: bytes.subarray(HEADER_BYTES, inboxEnd),
    outbox: bytes.subarray(inboxEnd),
  };
};
