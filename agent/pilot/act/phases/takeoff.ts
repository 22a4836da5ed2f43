import {
  beginStream,
  leaveTo,
  letGo,
  validOrder,
  type FlightCore,
  type Readings,
} from '../flight-core.ts';
import { levelReturnLayer } from '../return-layer.ts';

/** Near enough to the height ordered: PX4 slows down long before it. */
const REACHED_M = 0.8;

/** A take-off to 40 m at 1.5 m/s takes half of this. */
const PATIENCE_MS = 60_000;

/** PX4 ends its take-off this near to the height it took from its home, which wanders by a metre or two. */
const ENDS_WITHIN_M = 3;

/** The order's mode may take this long to show. */
const SHOWS_WITHIN_MS = 3000;

/** PX4 climbs by itself; once up there, the stream begins. */
export const takeoff = (core: FlightCore, readings: Readings): void => {
  const { nowMs, telemetry } = readings;
  const { mode } = readings.mode;
  const order = validOrder(core);
  const { standing } = core.authority;
  levelReturnLayer(core, readings);
  if (core.authority.latched) leaveTo(core, 'returning', 'abort', readings);
  else if (standing === 'rtl') leaveTo(core, 'returning', 'operator', readings);
  else if (standing === 'land') leaveTo(core, 'landing', 'operator', readings);
  else if (isForeign(core, readings)) letGo(core, readings, `mode ${mode ?? 'unknown'}`);
  else if (order?.kind === 'return') leaveTo(core, 'returning', 'ordered', readings);
  else if (order?.kind === 'land') leaveTo(core, 'landing', 'ordered', readings);
  else if (nowMs - core.phaseSinceMs > PATIENCE_MS) {
    leaveTo(core, 'returning', 'take-off took too long', readings);
  } else {
    const flying = telemetry.landed === 'IN_AIR';
    const ended = mode === 'AUTO_LOITER' && flying && nowMs - core.phaseSinceMs > SHOWS_WITHIN_MS;
    if (missingM(core, readings) <= REACHED_M || ended) {
      beginStream(core, readings, 'take-off done');
    }
  }
};

/** Still to climb, m. */
const missingM = ({ memory }: FlightCore, { telemetry }: Readings): number =>
  (memory.order?.heightM ?? 0) - (memory.groundDownM - telemetry.localPositionNed.z);

const isForeign = (core: FlightCore, readings: Readings): boolean => {
  const { mode, atMs } = readings.mode;
  if (atMs <= core.phaseSinceMs) return false;
  if (mode === 'AUTO_TAKEOFF') {
    core.takeoffShown = true;
    return false;
  }
  // The mode that it was armed in shows until the take-off does.
  const waiting = readings.nowMs - core.phaseSinceMs < SHOWS_WITHIN_MS;
  if (mode === core.engageFrom && !core.takeoffShown && waiting) return false;
  // PX4 ends a take-off in LOITER by itself, up there and not before.
  return mode !== 'AUTO_LOITER' || missingM(core, readings) > ENDS_WITHIN_M;
};
