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
