import {
  beginStream,
  enter,
  isFlying,
  leaveTo,
  letGo,
  touchDown,
  type FlightCore,
  type Readings,
} from '../flight-core.ts';

/**
 * First look at the vehicle. A pilot that died in flight finds its vehicle in OFFBOARD, or in the
 * failsafe that its own silence caused, and takes up where it died; whatever else flies is not ours.
 */
export const boot = (core: FlightCore, readings: Readings): void => {
  const { status, telemetry, nowMs } = readings;
  const { diedIn, memory } = core;
  const steered = memory.owned && (diedIn === 'offboard' || diedIn === 'holding');
  // Before the first heartbeat even: each tenth of a second that PX4 flies on unled counts.
  if (steered && !core.streaming && Number.isFinite(telemetry.localAtMs)) {
    core.guard.resume(telemetry.velocityNed);
    core.streaming = true;
    core.streamSinceMs = nowMs;
  }
  if (!Number.isFinite(readings.mode.atMs) || !status.connected) return;
  core.rebootsSeen = telemetry.reboots;
  if (status.armed) recover(core, readings);
  else if (diedIn !== undefined && isFlying(diedIn)) touchDown(core, memory.reason, nowMs);
  else enter(core, diedIn === 'landed' ? 'landed' : 'standby', memory.reason, nowMs);
  core.diedIn = undefined;
};

const recover = (core: FlightCore, readings: Readings): void => {
  const { diedIn, memory } = core;
  const { mode, failsafe } = readings.mode;
  core.armedSeen = true;
  if (!memory.owned || diedIn === undefined) {
    letGo(core, readings, memory.owned ? 'found armed by another' : memory.reason);
  } else if (diedIn === 'arming' || diedIn === 'takeoff') {
    const climbing = mode === 'AUTO_TAKEOFF' || mode === 'AUTO_LOITER';
    if (climbing) enter(core, 'takeoff', 'pilot restarted', readings.nowMs);
    else letGo(core, readings, `mode ${mode ?? 'unknown'} after a restart`);
  } else if (mode !== 'OFFBOARD' && !failsafe && !isOwnMode(diedIn, mode)) {
    letGo(core, readings, `mode ${mode ?? 'unknown'} after a restart`);
  } else if (diedIn === 'returning' || diedIn === 'landing') {
    leaveTo(core, diedIn, memory.reason, readings);
  } else {
    beginStream(core, readings, 'pilot restarted');
  }
};

const isOwnMode = (diedIn: string, mode: string | undefined): boolean =>
  (diedIn === 'returning' && (mode === 'AUTO_RTL' || mode === 'AUTO_LAND')) ||
  (diedIn === 'landing' && mode === 'AUTO_LAND');
