import type { PilotStatus, PilotStatusField } from '#protocols/channel/pilot-status.ts';
import { FLIGHT_PHASES, type FlightPhase } from '#protocols/flight-phase.ts';
import { wrapPi } from '#protocols/units.ts';
import { isFiniteVector, vector3, type Vector3 } from '#protocols/vector.ts';
import { History, type Action, type VehicleSample } from '#world/spaces.ts';

import { HISTORY_STEPS, OBSERVATION_SIZE, STEP_S } from '#world/spaces.ts';

/** Past this gap between two samples the history is torn. */
const GAP_MS = 2.5 * 1000 * STEP_S;
/** Two samples nearer than this are one: a burst after a stall must not stretch time. */
const SAME_MS = 0.5 * 1000 * STEP_S;
/**
 * PX4 sets home by the receiver's altitude, which jumps by a metre or two against its own estimate; of a
 * home further off than this in height somebody else has said where it is.
 */
const HOME_JITTER_M = 2.5;

/** What the drone's own pilot last said, and how the vehicle moved in the last second. */
export interface Vehicle {
  status: PilotStatus | null;
  history: History;
  sampleMs: number;
  setpointYawRad: number;
  previousAction: Action;
  /** Launch place, mission NED: the autopilot's home at the level on which the drone stood, else where it stood. */
  home: Vector3 | null;
  /** Its own estimate of that level while it stands, m, down; not a number if it was never seen standing. */
  standingDownM: number;
}

export const newVehicle = (): Vehicle => ({
  status: null,
  history: new History(),
  sampleMs: -Infinity,
  setpointYawRad: Number.NaN,
  previousAction: { velocityNed: vector3(0, 0, 0), yawRateRadps: 0 },
  home: null,
  standingDownM: Number.NaN,
});

const finiteOr = (value: number, otherwise: number): number =>
  Number.isFinite(value) ? value : otherwise;

/** Undefined until the pilot knows where the drone is in the mission's frame. */
export const sampleOf = (status: PilotStatus | null): VehicleSample | undefined => {
  if (status === null) return undefined;
  const { values } = status;
  const number = (field: PilotStatusField): number => finiteOr(values[field], 0);
  const positionNed = vector3(values.northM, values.eastM, values.downM);
  if (!isFiniteVector(positionNed)) return undefined;
  return {
    positionNed,
    velocityNed: vector3(
      number('velocityNorthMps'),
      number('velocityEastMps'),
      number('velocityDownMps'),
    ),
    rollRad: number('rollRad'),
    pitchRad: number('pitchRad'),
    yawRad: number('yawRad'),
    ratesRadps: vector3(number('rollRateRadps'), number('pitchRateRadps'), number('yawRateRadps')),
    thrust: number('thrust'),
    batteryVoltageV: number('batteryVoltageV'),
    batteryCurrentA: number('batteryCurrentA'),
  };
};

export const pilotPhaseOf = (vehicle: Vehicle): FlightPhase =>
  FLIGHT_PHASES[vehicle.status?.values.phase ?? 0] ?? 'boot';

export const isAirborneNow = (vehicle: Vehicle): boolean => {
  const values = vehicle.status?.values;
  return values !== undefined && values.armed === 1 && values.landed === 0;
};

/**
 * What the own estimate is wrong by in height stands in the level on which the drone stood and in the height at
 * which it flies, and falls out: layers above it are as far apart as they are meant to be.
 */
const levelled = (home: Vector3, standingDownM: number): Vector3 =>
  Math.abs(home.z - standingDownM) <= HOME_JITTER_M ? vector3(home.x, home.y, standingDownM) : home;

/** Takes a new status in: history, the action in force, home. */
export const noteStatus = (vehicle: Vehicle, status: PilotStatus): void => {
  vehicle.status = status;
  const sample = sampleOf(status);
  const { values } = status;
  const gapMs = values.nowMs - vehicle.sampleMs;
  if (sample !== undefined && values.landed === 1) vehicle.standingDownM = sample.positionNed.z;
  const home = vector3(values.homeNorthM, values.homeEastM, values.homeDownM);
  if (isFiniteVector(home)) vehicle.home = levelled(home, vehicle.standingDownM);
  else if (sample !== undefined && vehicle.home === null && !isAirborneNow(vehicle)) {
    vehicle.home = sample.positionNed;
  }
  if (sample === undefined || !(gapMs >= SAME_MS)) return;
  const yawStepRad = wrapPi(values.setpointYawRad - vehicle.setpointYawRad);
  const torn = gapMs > GAP_MS;
  vehicle.previousAction = {
    velocityNed: vector3(
      finiteOr(values.setpointNorthMps, 0),
      finiteOr(values.setpointEastMps, 0),
      finiteOr(values.setpointDownMps, 0),
    ),
    yawRateRadps: torn ? 0 : finiteOr((1000 * yawStepRad) / gapMs, 0),
  };
  vehicle.setpointYawRad = values.setpointYawRad;
  vehicle.sampleMs = values.nowMs;
  // Only under own control does the answer to setpoints say anything about the vehicle.
  if (torn || values.engaged !== 1) vehicle.history.reset();
  vehicle.history.push(sample, vehicle.previousAction);
};

/** The last second, oldest first; null until it is whole. */
export const historyOf = (vehicle: Vehicle): Float32Array | null => {
  if (!vehicle.history.ready) return null;
  const rows = new Float32Array(HISTORY_STEPS * OBSERVATION_SIZE);
  vehicle.history.copyTo(rows);
  return rows;
};
