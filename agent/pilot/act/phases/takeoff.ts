import {
  beginStream,
  leaveTo,
  letGo,
  validOrder,
  type FlightCore,
  type Readings,
} from '../flight-core.ts';

/** Near enough to the height ordered: PX4 slows down long before it. */
const REACHED_M = 0.8;

/** A take-off to 40 m at 1.5 m/s takes half of this. */
const PATIENCE_MS = 60_000;

/** The order's mode may take this long to show. */
const SHOWS_WITHIN_MS = 3000;

/** PX4 climbs by itself; once up there, the stream begins. */
export const takeoff = (core: FlightCore, readings: Readings): void => {
  const { nowMs, telemetry } = readings;
  const { mode } = readings.mode;
  const order = validOrder(core);
  const { standing } = core.authority.state;
  if (core.authority.latched) leaveTo(core, 'returning', 'abort', readings);
  else if (standing === 'rtl') leaveTo(core, 'returning', 'operator', readings);
  else if (standing === 'land') leaveTo(core, 'landing', 'operator', readings);
  else if (isForeign(core, readings)) letGo(core, readings, `mode ${mode ?? 'unknown'}`);
  else if (order?.kind === 'return') leaveTo(core, 'returning', 'ordered', readings);
  else if (order?.kind === 'land') leaveTo(core, 'landing', 'ordered', readings);
  else if (nowMs - core.phaseSinceMs > PATIENCE_MS) {
    leaveTo(core, 'returning', 'take-off took too long', readings);
  } else {
    const climbedM = core.memory.groundDownM - telemetry.localPositionNed.z;
    const flying = telemetry.landed === 'IN_AIR';
    const heightM = core.memory.order?.heightM ?? 0;
    const ended = mode === 'AUTO_LOITER' && flying && nowMs - core.phaseSinceMs > SHOWS_WITHIN_MS;
    if (climbedM >= heightM - REACHED_M || ended) beginStream(core, readings, 'take-off done');
  }
};

const isForeign = (core: FlightCore, readings: Readings): boolean => {
  const { mode, atMs } = readings.mode;
  if (atMs <= core.phaseSinceMs || mode === core.engageFrom) return false;
  return mode !== 'AUTO_TAKEOFF' && mode !== 'AUTO_LOITER';
};
