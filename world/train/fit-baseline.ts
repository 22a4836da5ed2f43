import { HISTORY_STEPS, STATE, STEP_S } from '../spaces.ts';
import type { Dataset } from './dataset.ts';
import { ROW, ROW_SIZE } from './flight.ts';

/** First-order answer of one axis to its velocity setpoint: dv/dt = rate · (gain·setpoint − v). */
export interface AxisResponse {
  ratePerS: number;
  gain: number;
}

/** The analytic baseline's parameters: horizontal axes answer alike. */
export interface FittedResponse {
  horizontal: AxisResponse;
  vertical: AxisResponse;
}

const LEAST_RATE_PER_S = 0.1;
const GREATEST_RATE_PER_S = 10;

/** Golden-section search is stopped when the bracket is this narrow: far finer than flights tell. */
const RATE_TOLERANCE_PER_S = 1e-3;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

interface Fit {
  gain: number;
  error: number;
}

/**
 * For a given rate the prediction is linear in the gain: v̂(k) = keep^k·v(0) + gain·r(k), with r the response to the
 * setpoints alone. Returns the best gain and the mean square error over all steps of all windows.
 */
const fitGain = (dataset: Dataset, axes: readonly number[], horizon: number, rate: number): Fit => {
  const { table, starts } = dataset;
  const keep = Math.exp(-rate * STEP_S);
  let [responseSquares, cross, restSquares] = [0, 0, 0];
  for (const start of starts) {
    const now = (start + HISTORY_STEPS - 1) * ROW_SIZE;
    for (const axis of axes) {
      const velocityAt = now + ROW.state + STATE.velocity + axis;
      let free = table[velocityAt]!;
      let response = 0;
      for (let step = 0; step < horizon; step += 1) {
        free *= keep;
        response = keep * response + (1 - keep) * table[now + step * ROW_SIZE + ROW.action + axis]!;
        const rest = table[velocityAt + (step + 1) * ROW_SIZE]! - free;
        responseSquares += response * response;
        cross += response * rest;
        restSquares += rest * rest;
      }
    }
  }
  const gain = responseSquares > 0 ? cross / responseSquares : 1;
  return { gain, error: restSquares - gain * cross };
};

const fitAxes = (dataset: Dataset, axes: readonly number[], horizon: number): AxisResponse => {
  let [low, high] = [LEAST_RATE_PER_S, GREATEST_RATE_PER_S];
  while (high - low > RATE_TOLERANCE_PER_S) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    const better =
      fitGain(dataset, axes, horizon, left).error < fitGain(dataset, axes, horizon, right).error;
    if (better) high = right;
    else low = left;
  }
  const ratePerS = (low + high) / 2;
  return { ratePerS, gain: fitGain(dataset, axes, horizon, ratePerS).gain };
};

/**
 * Least squares over all steps up to `horizon` ahead, on the flights that the learned model trains on and nothing else:
 * what a careful engineer would write down without knowing wind or mass. Separable least squares (Golub and Pereyra 1973):
 * golden section over the rate, the gain in closed form. Errors are squared in NED, where the axes are those of the setpoints.
 */
export const fitBaseline = (dataset: Dataset, horizon: number): FittedResponse => ({
  horizontal: fitAxes(dataset, [0, 1], horizon),
  vertical: fitAxes(dataset, [2], horizon),
});
