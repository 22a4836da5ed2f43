import type { Frame } from '#protocols/mavlink/framer.ts';
import { tlogFrames } from '../../protocols/mavlink/tlog-records.ts';
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

const framesOf = (path: string): TimedFrame[] =>
  tlogFrames(path).map(({ unixUs, frame }) => ({ atS: Number(unixUs) / 1e6, frame }));

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
  const fromVehicle = framesOf(`${directory}/${name}.fromfc.tlog.gz`);
  const fromClient = framesOf(`${directory}/${name}.tofc.tlog.gz`);
  const vehicleClock = bootClock(fromVehicle);
  const clientClock = bootClock(fromVehicle);
  return {
    fromVehicle: fromVehicle.map(({ atS, frame }) => ({ atS: vehicleClock(atS), frame })),
    fromClient: fromClient.map(({ atS, frame }) => ({ atS: clientClock(atS), frame })),
  };
};
