import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { tlogFrames } from './tlog-records.ts';

/** Flights of the real PX4 (SITL v1.15.4 and a v1.18 snapshot), packets as they were on the wire. */
const FOLDER = fileURLToPath(new URL('../../../../shared/px4-traces/', import.meta.url));

export const hasRecordings = existsSync(FOLDER);

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

/** Both sides of a recording, by its name in the folder's list. */
export const recordingOf = (name: string): Recording => {
  const vehicle = tlogFrames(`${FOLDER}${name}.fromfc.tlog.gz`);
  const client = tlogFrames(`${FOLDER}${name}.tofc.tlog.gz`);
  const first = vehicle[0]!.unixUs < client[0]!.unixUs ? vehicle[0]!.unixUs : client[0]!.unixUs;
  const timed = ({ unixUs, frame }: { unixUs: bigint; frame: Frame }): TimedFrame => ({
    atMs: Number(unixUs - first) / 1000,
    frame,
  });
  return { vehicle: vehicle.map(timed), client: client.map(timed) };
};
