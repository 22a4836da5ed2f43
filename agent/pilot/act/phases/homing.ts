import { MavState } from 'mavlink-mappings/dist/lib/minimal.js';
import {
  beginStream,
  isStill,
  leaveTo,
  letGo,
  validOrder,
  type FlightCore,
  type Readings,
} from '../flight-core.ts';
import { giveWay } from '../give-way.ts';

/** Motors that still turn this long after touching down are stopped by us. */
const DISARM_AFTER_MS = 8000;

/** Refused, not unheard: into silence nothing else can be said either. */
const HEARD_MS = 1000;

/** Lower than this there is no coming back from a landing, m. */
const TOO_LOW_M = 3;

/** returning and landing: PX4 flies; we watch that it does, and whether we are wanted back. */
export const homing = (core: FlightCore, readings: Readings): void => {
  const { mode } = readings.mode;
  const returning = core.memory.phase === 'returning';
  const { modeState: state, wantedMode: wanted } = core.controls;
  if (state === 'done') {
    core.streaming = false;
    core.engaged = false;
    // A pilot that dies while it waits finds its own LOITER, or the LAND after it.
    core.memory.leftFrom = returning && wanted !== 'AUTO_RTL' ? (wanted ?? null) : null;
    // Down there PX4 ends its mode by itself, a moment before it disarms.
    if (isForeign(core, readings) && readings.telemetry.landed !== 'ON_GROUND') {
      letGo(core, readings, `mode ${mode ?? 'unknown'} not asked for`);
      return;
    }
  } else if (isTaken(core, readings)) {
    letGo(core, readings, `mode ${mode ?? 'unknown'} not asked for`);
    return;
  } else if (state === 'failed' && core.waitsFor !== undefined) {
    // What cannot wait goes on.
    core.waitsFor = undefined;
    leaveTo(core, returning ? 'returning' : 'landing', core.memory.reason, readings);
    return;
  } else if (state === 'failed' && readings.status.packetAgeMs < HEARD_MS) {
    // The one that PX4 refuses is replaced by the other: down is better than nowhere.
    leaveTo(core, returning ? 'landing' : 'returning', core.memory.reason, readings);
    return;
  }
  if (returning && readings.telemetry.landed !== 'ON_GROUND') giveWay(core, readings);
  obey(core, readings, returning);
  stopMotors(core, readings);
};

/** Ways down that PX4 takes instead of another by a failsafe of its own. */
const isHomeMode = (mode: string | undefined): boolean =>
  mode === 'AUTO_RTL' || mode === 'AUTO_LAND' || mode === 'AUTO_PRECLAND';

/** Ours has shown, and another does now. */
const isForeign = (core: FlightCore, { mode: { mode, failsafe } }: Readings): boolean =>
  mode !== core.controls.wantedMode && !(failsafe && isHomeMode(mode));

/** A mode that is neither where we came from nor where we want to go. */
const isTaken = (core: FlightCore, readings: Readings): boolean => {
  const { mode, atMs, failsafe } = readings.mode;
  if (atMs <= core.phaseSinceMs || failsafe) return false;
  if (core.controls.isOverruled(readings.mode, core.engageFrom)) return true;
  if (isStill(core.engageFrom, mode)) return false;
  return mode !== 'OFFBOARD' && mode !== core.controls.wantedMode;
};

const obey = (core: FlightCore, readings: Readings, returning: boolean): void => {
  const { standing } = core.authority;
  const directed = core.directed;
  const released = core.released;
  core.directed = false;
  core.released = false;
  // Where the guard says down (a place that is not believed, a pack that does not last), no order leads home.
  const mayReturn = directed && !returning && readings.verdict.action !== 'land';
  if (core.authority.latched) {
    if (mayReturn) leaveTo(core, 'returning', 'abort', readings);
  } else if (standing === 'land' && returning) leaveTo(core, 'landing', 'operator', readings);
  else if (standing === 'rtl' && mayReturn) {
    leaveTo(core, 'returning', 'operator', readings);
  } else if (standing === 'hold' && directed && mayRejoin(core, readings)) {
    beginStream(core, readings, 'operator-hold');
  } else if (standing === 'none') rejoin(core, readings, released);
};

/** Back to the mission by a newer order, or by an operator's resume under an order to fly. */
const rejoin = (core: FlightCore, readings: Readings, released: boolean): void => {
  const order = validOrder(core);
  if (order === undefined) return;
  const newer = order.number > core.memory.leftAtOrder;
  // What PX4 wants for itself, only an operator may end: the mode alone does not tell, it is the same.
  const wanted = released || (newer && readings.status.systemStatus < MavState.CRITICAL);
  if (order.kind === 'fly' && wanted && mayRejoin(core, readings)) {
    beginStream(core, readings, 'rejoining');
  } else if (order.kind === 'land' && newer && core.memory.phase === 'returning') {
    leaveTo(core, 'landing', 'ordered', readings);
  }
};

const mayRejoin = (core: FlightCore, { verdict, telemetry, estimate }: Readings): boolean => {
  if (verdict.action === 'return' || verdict.action === 'land' || !estimate.valid) return false;
  const heightM = core.memory.groundDownM - telemetry.localPositionNed.z;
  return telemetry.landed !== 'ON_GROUND' && heightM > TOO_LOW_M;
};

/** PX4 disarms by itself 2 s after touching down (COM_DISARM_LAND); a vehicle set otherwise must not idle on. */
const stopMotors = (core: FlightCore, { telemetry, status, nowMs }: Readings): void => {
  if (telemetry.landed !== 'ON_GROUND' || !status.armed) {
    core.retryMs = nowMs + DISARM_AFTER_MS;
  } else if (nowMs >= core.retryMs) {
    core.retryMs = nowMs + DISARM_AFTER_MS;
    core.controls.disarm();
  }
};
