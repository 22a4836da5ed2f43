import type { FlightPhase } from '#protocols/flight-phase.ts';
import {
  disown,
  isFlying,
  letGo,
  touchDown,
  type FlightCore,
  type Readings,
} from './flight-core.ts';
import { arming } from './phases/arming.ts';
import { boot } from './phases/boot.ts';
import { engaged } from './phases/engaged.ts';
import { onGround } from './phases/ground.ts';
import { homing } from './phases/homing.ts';
import { released } from './phases/released.ts';
import { takeoff } from './phases/takeoff.ts';

const PHASES: Readonly<Record<FlightPhase, (core: FlightCore, readings: Readings) => void>> = {
  boot,
  standby: onGround,
  arming,
  takeoff,
  offboard: engaged,
  holding: engaged,
  returning: homing,
  landing: homing,
  landed: onGround,
  yielded: released,
  failsafe: released,
};

/** A vehicle whose HEARTBEAT never showed armed so long after its take-off began is not flying. */
const ARMED_SHOWS_MS = 3000;

/** A gap in the stream longer than this may have tripped PX4's offboard-loss failsafe (COM_OF_LOSS_T 1 s). */
const GAP_MS = 800;

/**
 * PX4 disarms 2 s after touching down (COM_DISARM_LAND). Motors that are stopped in the air count as
 * landed at once, and show as stopped in the next HEARTBEAT, up to a second later.
 */
const STOOD_MS = 1250;

/** How often the flight controller's clock is noted down for a pilot to come. */
const NOTE_CLOCK_MS = 5000;

/** One step of the flight: what everyone's phases have in common first, then the phase's own. */
export const flightTick = (core: FlightCore, readings: Readings): void => {
  noteGaps(core, readings);
  noteClock(core, readings);
  if (readings.telemetry.landed !== 'ON_GROUND') core.groundSinceMs = Number.POSITIVE_INFINITY;
  else core.groundSinceMs = Math.min(core.groundSinceMs, readings.nowMs);
  if (core.memory.phase !== 'boot' && noteGround(core, readings)) return;
  PHASES[core.memory.phase](core, readings);
  // On the way up what stands counts, not when it was said.
  if (core.memory.phase === 'arming' || core.memory.phase === 'takeoff') core.directed = false;
};

const noteGaps = (core: FlightCore, { nowMs, status }: Readings): void => {
  if (!core.streaming) return;
  if (nowMs - core.lastSetpointMs > GAP_MS || status.packetAgeMs > GAP_MS) {
    core.missedStreamMs = nowMs;
  }
};

const noteClock = ({ memory }: FlightCore, { nowMs, telemetry }: Readings): void => {
  if (memory.phase === 'boot' || !Number.isFinite(telemetry.bootMs)) return;
  const { controller } = memory;
  const fresh = controller !== null && Math.abs(nowMs - controller.atMs) < NOTE_CLOCK_MS;
  if (fresh && telemetry.bootMs >= controller.bootMs) return;
  memory.controller = { atMs: telemetry.bootAtMs, bootMs: telemetry.bootMs };
};

/** The end of a flight, and a flight controller that began anew: true when the tick is settled by it. */
const noteGround = (core: FlightCore, readings: Readings): boolean => {
  const { status, telemetry, nowMs } = readings;
  const { phase } = core.memory;
  if (telemetry.reboots !== core.rebootsSeen) {
    core.rebootsSeen = telemetry.reboots;
    core.controls.resetActions();
    // It never arms again by itself, wherever it began anew: whoever finds it decides.
    disown(core, 'flight controller rebooted');
    core.released = false;
    if (isFlying(phase) || phase === 'arming') {
      letGo(core, readings, 'flight controller rebooted');
      return true;
    }
  }
  if (!isFlying(phase)) return false;
  core.armedSeen ||= status.armed;
  const waitedMs = nowMs - core.phaseSinceMs;
  const shown = core.armedSeen || (waitedMs > ARMED_SHOWS_MS && status.heartbeatAgeMs < waitedMs);
  if (status.armed || !shown) return false;
  core.controls.resetActions();
  // PX4 ends a flight by itself some time after touching down; whoever ends one earlier is a person.
  if (phase === 'takeoff' || nowMs - core.groundSinceMs < STOOD_MS) {
    disown(core, 'motors stopped by another');
    // A resume or goal from before that is no answer to it.
    core.released = false;
  }
  touchDown(core, core.memory.owned ? '' : core.memory.lostBy, nowMs);
  return true;
};
