import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { TlogReader } from '#protocols/mavlink/tlog.ts';
import type { RecordingSpec } from './recordings.ts';

/** A frame and when it passed, in seconds of the vehicle's own boot clock. */
export interface TimedFrame {
  atS: number;
  frame: Frame;
}

export interface RecordedFlight {
  fromVehicle: TimedFrame[];
  fromClient: TimedFrame[];
}

const LOCAL_POSITION_NED = 32;

const tlogFrames = (path: string): TimedFrame[] => {
  const reader = new TlogReader();
  const framer = new Framer();
  const frames: TimedFrame[] = [];
  reader.push(gunzipSync(readFileSync(path)));
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    framer.push(record.packet);
    const frame = framer.next();
    if (frame === undefined) throw new Error(`${path}: a packet that the framer refuses`);
    frames.push({ atS: Number(record.unixUs) / 1e6, frame });
  }
  if (reader.bytesSkipped > 0)
    throw new Error(`${path}: ${reader.bytesSkipped} bytes of no record`);
  return frames;
};

/**
 * The recorder's clock as the vehicle's boot clock. The simulated vehicle does not keep up with the
 * wall clock to the percent and stalls now and then, and what it does follows its own clock: so every
 * time is translated by the time_boot_ms of the LOCAL_POSITION_NED packets around it, which pass
 * at 30 Hz from boot on.
 */
const bootClock = (fromVehicle: readonly TimedFrame[]): ((atS: number) => number) => {
  const wall: number[] = [];
  const boot: number[] = [];
  for (const { atS, frame } of fromVehicle) {
    if (frame.msgid !== LOCAL_POSITION_NED) continue;
    const view = new DataView(frame.payload.buffer, frame.payload.byteOffset);
    wall.push(atS);
    boot.push(view.getUint32(0, true) / 1000);
  }
  if (wall.length < 50) throw new Error('too few positions to read the boot clock from');
  let index = 0;
  return (atS) => {
    while (index > 0 && wall[index]! > atS) index -= 1;
    while (index < wall.length - 2 && wall[index + 1]! <= atS) index += 1;
    const pace =
      atS < wall[0]! || atS > wall.at(-1)!
        ? 1
        : (boot[index + 1]! - boot[index]!) / (wall[index + 1]! - wall[index]!);
    return boot[index]! + (atS - wall[index]!) * pace;
  };
};

/** Both directions of a recording on the vehicle's boot clock. */
export const loadFlight = ({ directory, name }: RecordingSpec): RecordedFlight => {
  const fromVehicle = tlogFrames(`${directory}/${name}.fromfc.tlog.gz`);
  const fromClient = tlogFrames(`${directory}/${name}.tofc.tlog.gz`);
  const vehicleClock = bootClock(fromVehicle);
  const clientClock = bootClock(fromVehicle);
  return {
    fromVehicle: fromVehicle.map(({ atS, frame }) => ({ atS: vehicleClock(atS), frame })),
    fromClient: fromClient.map(({ atS, frame }) => ({ atS: clientClock(atS), frame })),
  };
};
