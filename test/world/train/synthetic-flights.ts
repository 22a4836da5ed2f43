import { seededRandom } from '#protocols/random.ts';
import type { Random } from '#protocols/random.ts';
import { STEP_S } from '#world/spaces.ts';
import type { Action, VehicleSample } from '#world/spaces.ts';
import { FlightLog } from '#world/train/flight.ts';
import type { Flight } from '#world/train/flight.ts';

export interface SyntheticVehicle {
  /** First-order answer of every axis to its setpoint. */
  ratePerS: number;
  gain: number;
  /** Pushes every flight its own way, up to this fast: what only the history can tell. */
  windMps: number;
  noiseMps: number;
}

const sampleAt = (velocity: number[], position: number[], yawRad: number): VehicleSample => ({
  positionNed: { x: position[0]!, y: position[1]!, z: position[2]! },
  velocityNed: { x: velocity[0]!, y: velocity[1]!, z: velocity[2]! },
  rollRad: 0,
  pitchRad: 0,
  yawRad,
  ratesRadps: { x: 0, y: 0, z: 0 },
  thrust: 0.5,
  batteryVoltageV: 15,
  batteryCurrentA: 12,
});

/** A flight of a made-up vehicle that is nothing but a lag, a wind and noise. */
const syntheticFlight = (
  id: string,
  seconds: number,
  vehicle: SyntheticVehicle,
  random: Random,
): Flight => {
  const rows = Math.round(seconds / STEP_S);
  const log = new FlightLog(rows);
  const wind = [0, 1, 2].map((axis) =>
    axis === 2 ? 0 : vehicle.windMps * (2 * random.uniform() - 1),
  );
  const velocity = [0, 0, 0];
  const position = [0, 0, 0];
  const yawRad = Math.PI * (2 * random.uniform() - 1);
  let previous: Action = { velocityNed: { x: 0, y: 0, z: 0 }, yawRateRadps: 0 };
  let action = previous;
  const share = 1 - Math.exp(-vehicle.ratePerS * STEP_S);
  for (let row = 0; row < rows; row += 1) {
    if (row % 12 === 0) {
      const [x, y, z] = [3 * random.normal(), 3 * random.normal(), random.normal()];
      action = { velocityNed: { x, y, z }, yawRateRadps: 0 };
    }
    log.push(sampleAt(velocity, position, yawRad), previous, action);
    const setpoint = [action.velocityNed.x, action.velocityNed.y, action.velocityNed.z];
    for (let axis = 0; axis < 3; axis += 1) {
      const before = velocity[axis]!;
      const target = vehicle.gain * setpoint[axis]! + wind[axis]!;
      const noise = vehicle.noiseMps * random.normal();
      velocity[axis] = before + share * (target - before) + noise;
      position[axis]! += (STEP_S / 2) * (before + velocity[axis]!);
    }
    previous = action;
  }
  return log.finish(id);
};

export const syntheticFlights = (
  count: number,
  seconds: number,
  vehicle: SyntheticVehicle,
  seed = 1,
): Flight[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) =>
    syntheticFlight(`flight-${index}`, seconds, vehicle, random.fork(`${index}`)),
  );
};
