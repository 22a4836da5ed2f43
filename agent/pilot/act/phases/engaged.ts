import {
  enter,
  leaveTo,
  letGo,
  validOrder,
  type FlightCore,
  type Readings,
} from '../flight-core.ts';

/** PX4 takes OFFBOARD once setpoints have come for a moment (0.1 s is enough). */
const STREAM_FIRST_MS = 300;

/** OFFBOARD that cannot be had within this: PX4 knows something that we do not. */
const ENGAGE_WITHIN_MS = 12_000;

/** A failsafe that shows this long after a gap in the stream comes from the gap. */
const EXPLAINS_MS = 8000;

/** PX4 that has not gone into its failsafe so long after a gap will not because of it. */
const TRIPS_WITHIN_MS = 500;

/** offboard and holding: the guard's setpoints fly, as long as nobody takes the vehicle away. */
export const engaged = (core: FlightCore, readings: Readings): void => {
  const { verdict, nowMs } = readings;
  const order = validOrder(core);
  const { standing } = core.authority;
  if (!keepsControl(core, readings)) return;
  // Where the guard says down (a place that is not believed, a pack that does not last), no order leads home.
  const home = verdict.action === 'land' ? 'landing' : 'returning';
  if (core.authority.latched) leaveTo(core, home, 'abort', readings);
  else if (standing === 'rtl') leaveTo(core, home, 'operator', readings);
  else if (standing === 'land') leaveTo(core, 'landing', 'operator', readings);
  else if (verdict.action === 'land') leaveTo(core, 'landing', why(readings), readings);
  else if (verdict.action === 'return') leaveTo(core, 'returning', why(readings), readings);
  else if (order?.kind === 'land') leaveTo(core, 'landing', 'ordered', readings);
  else if (order?.kind === 'return') leaveTo(core, 'returning', 'ordered', readings);
  else if (core.engaged && (verdict.action === 'pass' || verdict.action === 'modify')) {
    enter(core, 'offboard', why(readings), nowMs);
  } else enter(core, 'holding', core.engaged ? why(readings) : core.memory.reason, nowMs);
  core.released = false;
  core.directed = false;
};

const why = ({ verdict }: Readings): string => verdict.reasons[0] ?? '';

/** Sees to it that OFFBOARD is on by our own request; false when control was let go or given up. */
const keepsControl = (core: FlightCore, readings: Readings): boolean => {
  const { nowMs } = readings;
  const { mode, atMs } = readings.mode;
  const shows = mode === 'OFFBOARD' && atMs > core.streamSinceMs;
  if (shows) {
    core.engaged = true;
    // Setpoints come again and PX4 flies by them: what it does from here on is no answer to the gap.
    if (atMs - core.missedStreamMs > TRIPS_WITHIN_MS) {
      core.missedStreamMs = Number.NEGATIVE_INFINITY;
    }
    return true;
  }
  if (core.engaged && atMs > core.streamSinceMs) {
    if (!isOwnGap(core, readings)) {
      letGo(core, readings, `mode ${mode ?? 'unknown'} not asked for`);
      return false;
    }
    core.engaged = false;
    core.streamSinceMs = nowMs;
    core.engageFrom = mode;
    core.engageFailsafe = true;
  }
  if (!core.engaged) return engage(core, readings);
  return true;
};

/** PX4's own answer to setpoints that it missed, which it ends as soon as they come again. */
const isOwnGap = (core: FlightCore, { mode, nowMs }: Readings): boolean =>
  mode.failsafe && nowMs - core.missedStreamMs < EXPLAINS_MS;

const engage = (core: FlightCore, readings: Readings): boolean => {
  const { nowMs } = readings;
  const { mode, atMs, failsafe } = readings.mode;
  const elapsedMs = nowMs - core.streamSinceMs;
  // PX4 goes from its take-off to LOITER by itself; whoever says LOITER after it took OFFBOARD is a person.
  const known = mode === core.engageFrom && (!failsafe || core.engageFailsafe);
  const foreign = !known && !isOwnGap(core, readings) && (failsafe || mode !== 'AUTO_LOITER');
  const overruled = core.controls.isOverruled(readings.mode, core.engageFrom);
  if (atMs > core.streamSinceMs && mode !== 'OFFBOARD' && (foreign || overruled)) {
    letGo(core, readings, `mode ${mode ?? 'unknown'} not asked for`);
    return false;
  }
  if (elapsedMs >= STREAM_FIRST_MS) core.controls.wantMode('OFFBOARD', nowMs);
  if (core.controls.modeState === 'failed' || elapsedMs > ENGAGE_WITHIN_MS) {
    leaveTo(core, 'returning', 'OFFBOARD refused', readings);
    return false;
  }
  return true;
};
