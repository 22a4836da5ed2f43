import type { FlightPhase } from '#protocols/flight-phase.ts';
import { hasRebooted } from './controller-clock.ts';
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

/** A landed state older than this says nothing of now; it comes at 2 Hz. */
const LANDED_AGE_MS = 3000;

/** In the air, a link that delivers what it held back may tell old times for so long. */
const ODD_FOR_MS = 1000;

/** How often the flight controller's clock is noted down for a pilot to come. */
const NOTE_CLOCK_MS = 5000;

/** One step of the flight: what everyone's phases have in common first, then the phase's own. */
export const flightTick = (core: FlightCore, readings: Readings): void => {
  const { telemetry, nowMs } = readings;
  noteGaps(core, readings);
  const stands = telemetry.landed === 'ON_GROUND' && nowMs - telemetry.landedAtMs < LANDED_AGE_MS;
  core.groundSinceMs = stands ? Math.min(core.groundSinceMs, nowMs) : Number.POSITIVE_INFINITY;
  if (core.memory.phase !== 'boot') {
    const settled = noteGround(core, readings);
    noteClock(core, readings);
    if (settled) return;
  }
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

const noteClock = (core: FlightCore, { nowMs, telemetry }: Readings): void => {
  const { memory } = core;
  const odd = Number.isFinite(core.clockOddSinceMs);
  if (odd || !Number.isFinite(telemetry.bootMs)) return;
  const { controller } = memory;
  const fresh = controller !== null && Math.abs(nowMs - controller.atMs) < NOTE_CLOCK_MS;
  if (fresh && telemetry.bootMs >= controller.bootMs) return;
  memory.controller = { atMs: telemetry.bootAtMs, bootMs: telemetry.bootMs };
};

/** Its clock jumped back before our eyes, or is behind by more than the time in which we saw nothing. */
const beganAnew = (core: FlightCore, { telemetry, nowMs }: Readings): boolean => {
  const { controller, phase } = core.memory;
  const seen = { atMs: telemetry.bootAtMs, bootMs: telemetry.bootMs };
  const odd = controller !== null && hasRebooted(controller, seen);
  core.clockOddSinceMs = odd ? Math.min(core.clockOddSinceMs, nowMs) : Number.POSITIVE_INFINITY;
  const sure = odd && (!isFlying(phase) || nowMs - core.clockOddSinceMs >= ODD_FOR_MS);
  if (!sure && telemetry.reboots === core.rebootsSeen) return false;
  core.rebootsSeen = telemetry.reboots;
  core.clockOddSinceMs = Number.POSITIVE_INFINITY;
  core.memory.controller = seen;
  return true;
};

/** The end of a flight, and a flight controller that began anew: true when the tick is settled by it. */
const noteGround = (core: FlightCore, readings: Readings): boolean => {
  const { status, nowMs } = readings;
  const { phase } = core.memory;
  if (beganAnew(core, readings)) {
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
