import type { UlogFlight } from '#protocols/log/ulog-flight.ts';
import type { Ulog } from '#protocols/log/ulog.ts';
import { known, stateMessages, textMessage, type StateValue, type TrackMessage } from './track.ts';

/** A row of a series, with what makes messages of it. */
interface Row {
  timeS: number;
  messages: (timeUs: bigint) => TrackMessage[];
}

/**
 * PX4's own log as a track in its EKF's frame, ordered by time. It knows no time of day: times are
 * since the vehicle's boot.
 */
export const trackOfUlog = (log: Ulog, flight: UlogFlight): TrackMessage[] =>
  [...stateRows(flight), ...setpointRows(flight), ...batteryRows(flight), ...textRows(log)]
    .toSorted((one, other) => one.timeS - other.timeS)
    .flatMap(({ timeS, messages }) => messages(BigInt(Math.max(0, Math.round(timeS * 1e6)))));

const stateRows = ({ estimate, attitude }: UlogFlight): Row[] => {
  if (estimate === undefined) return [];
  let at = 0;
  return Array.from(estimate.timeS, (timeS, row) => {
    if (attitude !== undefined) at = lastBefore(attitude.timeS, timeS, at);
    const state: StateValue = {
      frame: 'ekf',
      northM: estimate.north[row]!,
      eastM: estimate.east[row]!,
      downM: estimate.down[row]!,
      velocityNorthMps: estimate.velocityNorth[row]!,
      velocityEastMps: estimate.velocityEast[row]!,
      velocityDownMps: estimate.velocityDown[row]!,
      ...(attitude === undefined ? {} : eulerAngles(attitude, at)),
    };
    return { timeS, messages: (timeUs) => stateMessages(timeUs, state) };
  });
};

/** The last row not later than `timeS`, sought from row `from` on. */
const lastBefore = (times: Float64Array, timeS: number, from: number): number => {
  let at = from;
  while ((times[at + 1] ?? Number.POSITIVE_INFINITY) <= timeS) at += 1;
  return at;
};

/** Hamilton quaternion, w first, FRD in NED, as the aerospace sequence yaw, pitch, roll. */
const eulerAngles = (
  attitude: NonNullable<UlogFlight['attitude']>,
  row: number,
): Pick<StateValue, 'rollRad' | 'pitchRad' | 'yawRad'> => {
  const [w, x, y, z] = [attitude.w[row]!, attitude.x[row]!, attitude.y[row]!, attitude.z[row]!];
  return {
    rollRad: Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
    pitchRad: Math.asin(Math.max(-1, Math.min(1, 2 * (w * y - z * x)))),
    yawRad: Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
  };
};

const setpointRows = ({ setpoint }: UlogFlight): Row[] =>
  setpoint === undefined
    ? []
    : Array.from(setpoint.timeS, (timeS, row) => {
        const value = known({
          northM: setpoint.north[row]!,
          eastM: setpoint.east[row]!,
          downM: setpoint.down[row]!,
          velocityNorthMps: setpoint.velocityNorth[row]!,
          velocityEastMps: setpoint.velocityEast[row]!,
          velocityDownMps: setpoint.velocityDown[row]!,
          yawRad: setpoint.yawRad[row]!,
          yawRateRadps: setpoint.yawRateRadps[row]!,
        });
        return {
          timeS,
          messages: (timeUs): TrackMessage[] => [{ topic: '/vehicle/setpoint', timeUs, value }],
        };
      });

const batteryRows = ({ battery }: UlogFlight): Row[] =>
  battery === undefined
    ? []
    : Array.from(battery.timeS, (timeS, row) => {
        const value = known({
          voltageV: battery.voltageV[row]!,
          currentA: battery.currentA[row]!,
          remaining: battery.remaining[row]!,
        });
        return {
          timeS,
          messages: (timeUs): TrackMessage[] => [{ topic: '/vehicle/battery', timeUs, value }],
        };
      });

const textRows = ({ texts }: Ulog): Row[] =>
  texts.map(({ timeS, level, text }) => ({
    timeS,
    messages: (timeUs) => [textMessage(timeUs, level, text)],
  }));
