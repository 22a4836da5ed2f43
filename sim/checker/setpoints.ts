import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** Single precision on the wire. */
const ROUNDING = 1e-3;
/** I3's bound on age, ms. */
const AGE_MS = 200;
/** I4's bound, ms. */
const GAP_MS = 250;
/** A pilot that has just begun must first hear its vehicle. */
const BEGINNING_MS = 1500;

/**
 * I3: every setpoint is finite, inside the envelope that the operator signed, and at most 200 ms old
 * when it comes, by the stamp of the pilot that made it.
 */
export const checkSetpoints = ({ drones, limits, nowMs }: SwarmTruth, report: Report): void => {
  for (const { setpoint, sysid } of drones) {
    if (setpoint === undefined || nowMs - setpoint.atMs > GAP_MS) continue;
    const { x, y, z } = setpoint.velocityNed;
    const speed = Math.hypot(x, y);
    if (!Number.isFinite(x + y + z)) report([sysid], `setpoint (${x}, ${y}, ${z}) is not finite`);
    else if (speed > limits.maxSpeedMps + ROUNDING) {
      report([sysid], `setpoint of ${speed.toFixed(2)} m/s, ${limits.maxSpeedMps} are allowed`);
    } else if (-z > limits.maxClimbMps + ROUNDING || z > limits.maxDescentMps + ROUNDING) {
      report([sysid], `setpoint climbs at ${(-z).toFixed(2)} m/s`);
    } else if (setpoint.ageMs > AGE_MS) {
      report([sysid], `setpoint of ${setpoint.ageMs} ms ago`);
    }
  }
};

/**
 * I4: while a vehicle is in OFFBOARD there is never more than 250 ms between two setpoints, whatever
 * dies, but for the pilot process itself and for a flight controller that has just begun.
 */
export const checkGaps = ({ drones, nowMs }: SwarmTruth, report: Report): void => {
  for (const {
    mode,
    armed,
    onGround,
    pilotSinceMs,
    controllerSinceMs,
    setpoint,
    sysid,
  } of drones) {
    if (mode !== 'OFFBOARD' || !armed || onGround || pilotSinceMs === undefined) continue;
    if (nowMs - pilotSinceMs < BEGINNING_MS || nowMs - controllerSinceMs < BEGINNING_MS) continue;
    const gapMs = nowMs - (setpoint?.atMs ?? pilotSinceMs);
    if (gapMs > GAP_MS) report([sysid], `no setpoint for ${gapMs} ms in OFFBOARD`);
  }
};
