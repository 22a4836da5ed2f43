import type { FlightPhase } from '#protocols/flight-phase.ts';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { hasRebooted } from '../controller-clock.ts';
import {
  beginStream,
  disown,
  enter,
  isFlying,
  isStill,
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
  const before = memory.controller;
  if (
    before !== null &&
    hasRebooted(before, { atMs: telemetry.bootAtMs, bootMs: telemetry.bootMs })
  ) {
    disown(core, 'flight controller rebooted');
    memory.reason = memory.lostBy;
  }
  if (status.armed) recover(core, readings);
  else if (diedIn !== undefined && isFlying(diedIn)) {
    // It may have landed by itself; it may also have been stopped, or have fallen.
    disown(core, 'motors stopped unseen');
    touchDown(core, memory.lostBy, nowMs);
  } else enter(core, diedIn === 'landed' ? 'landed' : 'standby', memory.reason, nowMs);
  core.diedIn = undefined;
};

const recover = (core: FlightCore, readings: Readings): void => {
  const { diedIn, memory } = core;
  const { mode, failsafe } = readings.mode;
  core.armedSeen = true;
  const flew = diedIn !== undefined && (diedIn === 'arming' || isFlying(diedIn));
  if (!memory.owned || !flew) {
    letGo(core, readings, memory.owned ? 'found armed by another' : memory.reason);
  } else if (diedIn === 'arming' || diedIn === 'takeoff') {
    const climbing = mode === 'AUTO_TAKEOFF' || mode === 'AUTO_LOITER';
    if (climbing) enter(core, 'takeoff', 'pilot restarted', readings.nowMs);
    else letGo(core, readings, `mode ${mode ?? 'unknown'} after a restart`);
  } else if (mode !== 'OFFBOARD' && !failsafe && !isOwnMode(core, diedIn, mode)) {
    letGo(core, readings, `mode ${mode ?? 'unknown'} after a restart`);
  } else if (diedIn === 'returning' || diedIn === 'landing') {
    leaveTo(core, diedIn, memory.reason, readings);
  } else {
    // Our absence was a gap like any other.
    core.missedStreamMs = readings.nowMs;
    beginStream(core, readings, 'pilot restarted');
  }
};

/** On its way home or down, or where that was asked for and has not shown yet. */
const isOwnMode = (
  { memory }: FlightCore,
  diedIn: FlightPhase,
  mode: FlightMode | undefined,
): boolean => {
  if (diedIn !== 'returning' && diedIn !== 'landing') return false;
  const home = diedIn === 'returning' ? 'AUTO_RTL' : 'AUTO_LAND';
  return mode === home || (memory.leftFrom !== null && isStill(memory.leftFrom, mode));
};
