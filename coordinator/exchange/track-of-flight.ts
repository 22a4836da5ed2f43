import { decodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import type { NumberedRecord } from '#protocols/log/record.ts';
import { FLIGHT_MODES } from '#protocols/mavlink/modes.ts';
import {
  known,
  locationMessage,
  stateMessages,
  type BatteryValue,
  type ModeValue,
  type SetpointValue,
  type TrackMessage,
} from './track.ts';

/** A drone's own record as a track: what its pilot said ten times a second, in the mission's frame. */
export async function* trackOfFlight(
  records: AsyncIterable<NumberedRecord>,
): AsyncGenerator<TrackMessage, void, void> {
  let lastMode = '';
  for await (const { channel, payload, logTimeUs } of records) {
    if (channel !== 'pilot/status') continue;
    const status = decodePilotStatus(payload);
    if (status === undefined) continue;
    const { values, reason } = status;
    yield* positionMessages(logTimeUs, values);
    const mode = modeOf(values, reason);
    const text = JSON.stringify(mode);
    if (text !== lastMode) yield { topic: '/vehicle/mode', timeUs: logTimeUs, value: mode };
    lastMode = text;
  }
}

type Values = NonNullable<ReturnType<typeof decodePilotStatus>>['values'];

function* positionMessages(timeUs: bigint, values: Values): Generator<TrackMessage, void, void> {
  if (Number.isFinite(values.latDeg + values.lonDeg + values.altAmslM)) {
    yield locationMessage(timeUs, values);
  }
  const { northM, eastM, downM, velocityNorthMps, velocityEastMps, velocityDownMps } = values;
  const { rollRad, pitchRad, yawRad } = values;
  const position = { northM, eastM, downM };
  const velocity = { velocityNorthMps, velocityEastMps, velocityDownMps };
  const attitude = { rollRad, pitchRad, yawRad };
  yield* stateMessages(timeUs, { frame: 'mission', ...position, ...velocity, ...attitude });
  const setpoint: SetpointValue = known({
    velocityNorthMps: values.setpointNorthMps,
    velocityEastMps: values.setpointEastMps,
    velocityDownMps: values.setpointDownMps,
    yawRad: values.setpointYawRad,
  });
  if (Object.keys(setpoint).length > 0) {
    yield { topic: '/vehicle/setpoint', timeUs, value: setpoint };
  }
  const battery: BatteryValue = known({
    voltageV: values.batteryVoltageV,
    currentA: values.batteryCurrentA,
    remaining: values.batteryRemaining,
  });
  if (Object.keys(battery).length > 0) yield { topic: '/vehicle/battery', timeUs, value: battery };
}

const modeOf = (values: Values, reason: string): ModeValue => {
  const mode = FLIGHT_MODES[values.mode];
  const phase = FLIGHT_PHASES[values.phase];
  return {
    ...(mode === undefined ? {} : { mode }),
    armed: values.armed === 1,
    ...(phase === undefined ? {} : { phase }),
    reason,
  };
};
