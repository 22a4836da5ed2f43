import { STEP_S } from '../spaces.ts';
import { InnovationMonitor } from '../uncertainty.ts';
import type { Calibration } from '../uncertainty.ts';
import { positionDeviations } from './calibrate.ts';
import type { Rollouts } from './rollout-summary.ts';

/** Figures from rollouts on flights that nothing was fitted to. Step k is k · STEP_S ahead, from 1. */

const rmsAt = (rollouts: Rollouts, errors: Float32Array, step: number): number => {
  let squares = 0;
  for (let window = 0; window < rollouts.count; window += 1) {
    const at = (window * rollouts.horizon + step - 1) * 3;
    squares += errors[at]! ** 2 + errors[at + 1]! ** 2 + errors[at + 2]! ** 2;
  }
  return Math.sqrt(squares / Math.max(1, rollouts.count));
};

/** Root mean square of the velocity error vector `step` steps ahead, m/s. */
export const velocityRmsAt = (rollouts: Rollouts, step: number): number =>
  rmsAt(rollouts, rollouts.velocityError, step);

/** Root mean square of the position error vector `step` steps ahead, m. */
export const positionRmsAt = (rollouts: Rollouts, step: number): number =>
  rmsAt(rollouts, rollouts.positionError, step);

/**
 * Area under the ROC curve: the chance that a `strange` score exceeds a `nominal` one, ties counting half
 * (Mann–Whitney U). 0.5 tells nothing apart, 1 everything.
 */
export const auroc = (nominal: Float32Array, strange: Float32Array): number => {
  const sorted = Float32Array.from(nominal).sort();
  const below = (value: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const goRight = orEqual ? sorted[middle]! <= value : sorted[middle]! < value;
      if (goRight) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let wins = 0;
  for (const value of strange) wins += (below(value, false) + below(value, true)) / 2;
  return wins / Math.max(1, nominal.length * strange.length);
};

/** Share of windows whose error `step` steps ahead lies inside the calibrated interval, per axis: ahead, right, down. */
export interface Coverage {
  readonly velocity: readonly number[];
  readonly position: readonly number[];
}

export const coverageAt = (
  rollouts: Rollouts,
  calibration: Calibration,
  step: number,
): Coverage => {
  const positions = positionDeviations(rollouts);
  const share = (inside: (cell: number, axis: number) => boolean): number[] =>
    [0, 1, 2].map((axis) => {
      let hits = 0;
      for (let window = 0; window < rollouts.count; window += 1) {
        if (inside((window * rollouts.horizon + step - 1) * 3 + axis, axis)) hits += 1;
      }
      return hits / Math.max(1, rollouts.count);
    });
  const velocityScale = calibration.velocityScale[step - 1]!;
  const positionScale = calibration.positionScale[step - 1]!;
  return {
    velocity: share(
      (cell, axis) =>
        Math.abs(rollouts.velocityError[cell]!) <=
        velocityScale[axis]! * Math.sqrt(rollouts.variance[cell]!),
    ),
    position: share(
      (cell, axis) =>
        Math.abs(rollouts.positionError[cell]!) <= positionScale[axis]! * positions[cell]!,
    ),
  };
};

/** Trips per hour of the innovation monitor over consecutive windows (stride 1); a trip resets it. */
export const innovationTripsPerHour = (rollouts: Rollouts, calibration: Calibration): number => {
  const monitor = new InnovationMonitor(calibration.innovation);
  let trips = 0;
  for (let window = 0; window < rollouts.count; window += 1) {
    if (rollouts.flightOf[window] !== rollouts.flightOf[window - 1]) monitor.reset();
    const cell = window * rollouts.horizon * 3;
    monitor.push(
      rollouts.velocityError.subarray(cell, cell + 3),
      rollouts.variance.subarray(cell, cell + 3),
    );
    if (monitor.tripped) {
      trips += 1;
      monitor.reset();
    }
  }
  return (trips * 3600) / Math.max(1, rollouts.count * STEP_S);
};
