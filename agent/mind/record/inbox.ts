import { ByteReader } from '#protocols/byte-reader.ts';
import { ByteWriter } from '#protocols/byte-writer.ts';
import { decodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { decodeRangeRing } from '#protocols/channel/range-ring.ts';
import { decodeReceived } from '#protocols/channel/received-codec.ts';

import type { PlanAnswer } from '../plan-port.ts';
import type { Look, MindInbox } from '../state.ts';
import { readAnswer, writeAnswer } from './answer.ts';

/** What came since the last tick, as it came: the payloads of the others' frames. */
export interface InboxFrames {
  /** encodePilotStatus */
  status: Uint8Array | null;
  /** encodeRangeRing */
  ring: Uint8Array | null;
  /** encodeReceived */
  received: readonly Uint8Array[];
  looks: readonly Look[];
  payloadAlive: boolean;
  answer: PlanAnswer | null;
}

/** The first byte of an inbox: what follows is laid out as here. */
const VERSION = 1;
const LEAST_FRAME_BYTES = 4;
const LOOK_BYTES = 33;

const writer = new ByteWriter();

/**
 * The inbox of a tick for the record. What other processes said is copied and not taken apart: the mind
 * has read these very bytes, and so does a replay.
 */
export const encodeInbox = (frames: InboxFrames): Uint8Array => {
  const { status, ring, received, looks, payloadAlive, answer } = frames;
  writer.reset();
  writer.u8(VERSION);
  writeOptional(status);
  writeOptional(ring);
  writer.u32(received.length);
  for (const frame of received) writer.bytes(frame);
  writer.u32(looks.length);
  for (const look of looks) writeLook(look);
  writer.u8(payloadAlive ? 1 : 0);
  writer.u8(answer === null ? 0 : 1);
  if (answer !== null) writeAnswer(writer, answer);
  return writer.written().slice();
};

const writeOptional = (bytes: Uint8Array | null): void => {
  writer.u8(bytes === null ? 0 : 1);
  if (bytes !== null) writer.bytes(bytes);
};

const writeLook = ({ row, column, detected, northM, eastM }: Look): void => {
  writer.f64(row);
  writer.f64(column);
  writer.u8(detected ? 1 : 0);
  writer.f64(northM);
  writer.f64(eastM);
};

/** Throws Fault 'bytes-malformed', also where a frame inside is no frame of ours. */
export const decodeInbox = (bytes: Uint8Array): MindInbox => {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== VERSION) throw reader.malformed('another version of the record');
  const status = readOptional(reader, decodePilotStatus);
  const ring = readOptional(reader, decodeRangeRing);
  const received = Array.from({ length: reader.count(LEAST_FRAME_BYTES) }, () =>
    decodeReceived(reader.bytes()),
  );
  const looks = Array.from({ length: reader.count(LOOK_BYTES) }, () => readLook(reader));
  const payloadAlive = reader.u8() === 1;
  const answer = reader.u8() === 1 ? readAnswer(reader) : null;
  reader.end();
  return { status, ring, received, looks, payloadAlive, answer };
};

const readOptional = <T>(
  reader: ByteReader,
  decode: (bytes: Uint8Array) => T | undefined,
): T | null => {
  if (reader.u8() === 0) return null;
  const decoded = decode(reader.bytes());
  if (decoded === undefined) throw reader.malformed('a frame of the pilot');
  return decoded;
};

const readLook = (reader: ByteReader): Look => ({
  row: reader.f64(),
  column: reader.f64(),
  detected: reader.u8() === 1,
  northM: reader.f64(),
  eastM: reader.f64(),
});
