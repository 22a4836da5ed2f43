import { Fault } from '#protocols/fault.ts';
import { STEP_S } from '../spaces.ts';
import { normalisedSquare } from '../uncertainty.ts';
import type { Calibration, InnovationCalibration } from '../uncertainty.ts';
import type { Rollouts } from './rollout-summary.ts';

export interface CalibrateOptions {
  coverage: number;
  /** Share of nominal plans that may trip on disagreement. */
  falseTripRate: number;
  /** How often the innovation monitor may trip in nominal flight. */
  falseTripsPerHour: number;
}

export const defaultCalibrateOptions: Readonly<CalibrateOptions> = {
  coverage: 0.9,
  falseTripRate: 0.001,
  falseTripsPerHour: 2,
};

/** Smallest value that at least `share` of `values` do not exceed, with the split-conformal (n + 1) (Lei et al. 2018). */
export const quantile = (values: Float32Array, share: number): number => {
  const sorted = Float32Array.from(values).sort();
  const rank = Math.min(sorted.length, Math.ceil(share * (sorted.length + 1)));
  return sorted[rank - 1] ?? 0;
};

const cellOf = (rollouts: Rollouts, window: number, step: number, axis: number): number =>
  (window * rollouts.horizon + step) * 3 + axis;

/** Claimed deviation of the position at each cell: the integral of the velocity's. */
export const positionDeviations = (rollouts: Rollouts): Float32Array => {
  const deviations = new Float32Array(rollouts.variance.length);
  for (let window = 0; window < rollouts.count; window += 1) {
    for (let axis = 0; axis < 3; axis += 1) {
      let sum = 0;
      for (let step = 0; step < rollouts.horizon; step += 1) {
        const cell = cellOf(rollouts, window, step, axis);
        sum += STEP_S * Math.sqrt(rollouts.variance[cell]!);
        deviations[cell] = sum;
      }
    }
  }
  return deviations;
};

const scalesOf = (
  rollouts: Rollouts,
  coverage: number,
  errors: Float32Array,
  deviations: Float32Array,
): number[][] => {
  const ratios = new Float32Array(rollouts.count);
  return Array.from({ length: rollouts.horizon }, (_step, step) =>
    [0, 1, 2].map((axis) => {
      for (let window = 0; window < rollouts.count; window += 1) {
        const cell = cellOf(rollouts, window, step, axis);
        ratios[window] = Math.abs(errors[cell]!) / deviations[cell]!;
      }
      return quantile(ratios, coverage);
    }),
  );
};

/** One bad moment is one trip: innovations are judged in spans this long. */
const SPAN_S = 10;
const SPANS_PER_HOUR = 3600 / SPAN_S;

/** Greatest CUSUM in each span of each flight: trips per hour follow from how many spans exceed a threshold. */
const peaksOf = (rollouts: Rollouts, scale: readonly number[], allowance: number): Float32Array => {
  const spanSteps = Math.round(SPAN_S / STEP_S);
  const peaks: number[] = [];
  let [sum, peak, steps] = [0, 0, 0];
  for (let window = 0; window < rollouts.count; window += 1) {
    if (window > 0 && rollouts.flightOf[window] !== rollouts.flightOf[window - 1])
      [sum, peak, steps] = [0, 0, 0];
    const cell = cellOf(rollouts, window, 0, 0);
    const square = normalisedSquare(scale, rollouts.velocityError, rollouts.variance, cell);
    sum = Math.max(0, sum + square - allowance);
    peak = Math.max(peak, sum);
    steps += 1;
    if (steps === spanSteps) {
      peaks.push(peak);
      // As after a trip: the next span starts afresh, so that one bad moment is one trip.
      [sum, peak, steps] = [0, 0, 0];
    }
  }
  return Float32Array.from(peaks);
};

/**
 * Weather makes some nominal flights rougher than others: the allowance is the mean square of a rough one (the
 * 95 % quantile over flights) and a quarter more, so that roughness alone never adds up.
 */
const ROUGH_SHARE = 0.95;
const ROUGH_MARGIN = 1.25;

const allowanceOf = (rollouts: Rollouts, scale: readonly number[]): number => {
  const sums = new Map<number, { sum: number; count: number }>();
  for (let window = 0; window < rollouts.count; window += 1) {
    const flight = rollouts.flightOf[window]!;
    const entry = sums.get(flight) ?? { sum: 0, count: 0 };
    const cell = cellOf(rollouts, window, 0, 0);
    entry.sum += normalisedSquare(scale, rollouts.velocityError, rollouts.variance, cell);
    entry.count += 1;
    sums.set(flight, entry);
  }
  const means = Float32Array.from(sums.values(), ({ sum, count }) => sum / count);
  return ROUGH_MARGIN * quantile(means, ROUGH_SHARE);
};

const innovationOf = (rollouts: Rollouts, falseTripsPerHour: number): InnovationCalibration => {
  const scale = [0, 1, 2].map((axis) => {
    let sum = 0;
    for (let window = 0; window < rollouts.count; window += 1) {
      const cell = cellOf(rollouts, window, 0, axis);
      sum += rollouts.velocityError[cell]! ** 2 / rollouts.variance[cell]!;
    }
    return Math.sqrt(sum / Math.max(1, rollouts.count));
  });
  const allowance = allowanceOf(rollouts, scale);
  const peaks = peaksOf(rollouts, scale, allowance);
  if (peaks.length === 0) {
    throw new Fault(
      'flights-too-short',
      'no calibration flight lasts long enough to watch innovations',
      {
        data: { leastS: SPAN_S },
        remedy: `fly longer: calibration flights of at least ${2 * SPAN_S} s`,
        exit: 'usage',
      },
    );
  }
  const threshold = quantile(peaks, 1 - falseTripsPerHour / SPANS_PER_HOUR);
  return { scale, allowance, threshold, falseTripsPerHour };
};

/**
 * Calibrates a model's claims on flights that it has not seen and that the final figures do not use.
 * `rollouts` must be of consecutive windows (stride 1), for the innovation's time series.
 * Throws Fault `flights-too-short`.
 */
export const calibrate = (rollouts: Rollouts, options: CalibrateOptions): Calibration => ({
  coverage: options.coverage,
  velocityScale: scalesOf(
    rollouts,
    options.coverage,
    rollouts.velocityError,
    rollouts.variance.map(Math.sqrt),
  ),
  positionScale: scalesOf(
    rollouts,
    options.coverage,
    rollouts.positionError,
    positionDeviations(rollouts),
  ),
  disagreement: {
    falseTripRate: options.falseTripRate,
    thresholdMps: quantile(rollouts.disagreement, 1 - options.falseTripRate),
  },
  innovation: innovationOf(rollouts, options.falseTripsPerHour),
});
