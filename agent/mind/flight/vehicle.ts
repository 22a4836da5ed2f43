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

/** What the drone's own pilot last said, and how the vehicle moved in the last second. */
export interface Vehicle {
  status: PilotStatus | null;
  history: History;
  sampleMs: number;
  setpointYawRad: number;
  previousAction: Action;
  /** Launch place, mission NED: the autopilot's home, else where the drone stood. */
  home: Vector3 | null;
}

export const newVehicle = (): Vehicle => ({
  status: null,
  history: new History(),
  sampleMs: -Infinity,
  setpointYawRad: Number.NaN,
  previousAction: { velocityNed: vector3(0, 0, 0), yawRateRadps: 0 },
  home: null,
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

/** Takes a new status in: history, the action in force, home. */
export const noteStatus = (vehicle: Vehicle, status: PilotStatus): void => {
  vehicle.status = status;
  const sample = sampleOf(status);
  const { values } = status;
  const gapMs = values.nowMs - vehicle.sampleMs;
  const home = vector3(values.homeNorthM, values.homeEastM, values.homeDownM);
  if (isFiniteVector(home)) vehicle.home = home;
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
