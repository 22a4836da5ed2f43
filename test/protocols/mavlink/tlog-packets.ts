import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';

/** Flights of the real PX4 (SITL v1.15.4 and a v1.18 snapshot), packets as they were on the wire. */
const FOLDER = fileURLToPath(new URL('../../../../shared/px4-traces/', import.meta.url));

export const hasRecordings = existsSync(FOLDER);

const TIMESTAMP_BYTES = 8;

export interface TimedFrame {
  /** Milliseconds since the recording's first packet of either side. */
  atMs: number;
  frame: Frame;
}

interface Recording {
  /** What PX4 sent. */
  vehicle: TimedFrame[];
  /** What its client sent. */
  client: TimedFrame[];
}

const framesOf = (file: string): { atUs: bigint; frame: Frame }[] => {
  const log = gunzipSync(readFileSync(FOLDER + file));
  const framer = new Framer();
  const frames: { atUs: bigint; frame: Frame }[] = [];
  for (let at = 0; at < log.length;) {
    const atUs = log.readBigUInt64BE(at);
    const length = 12 + log[at + TIMESTAMP_BYTES + 1]!;
    framer.push(log.subarray(at + TIMESTAMP_BYTES, at + TIMESTAMP_BYTES + length));
    const frame = framer.next();
    if (frame !== undefined) frames.push({ atUs, frame });
    at += TIMESTAMP_BYTES + length;
  }
  return frames;
};

/** Both sides of a recording, by its name in the folder's list. */
export const recordingOf = (name: string): Recording => {
  const vehicle = framesOf(`${name}.fromfc.tlog.gz`);
  const client = framesOf(`${name}.tofc.tlog.gz`);
  const first = vehicle[0]!.atUs < client[0]!.atUs ? vehicle[0]!.atUs : client[0]!.atUs;
  const timed = ({ atUs, frame }: { atUs: bigint; frame: Frame }): TimedFrame => ({
    atMs: Number(atUs - first) / 1000,
    frame,
  });
  return { vehicle: vehicle.map(timed), client: client.map(timed) };
};
