import { assert } from '#protocols/fault.ts';
import { STEP_S } from './spaces.ts';

/**
 * What calibration flights say about a model's own claims. The claimed variance of a velocity is the sum of the steps'
 * variances plus that between members; the claimed deviation of a position is the integral of the velocity's deviation
 * (errors within a second hang together). Both are off by a factor that depends on axis and lead: these are the factors.
 * Axes: level body, ahead, right, down. Step k is k · STEP_S ahead, index k − 1.
 */
export interface Calibration {
  /** Share of outcomes that the scaled intervals hold. */
  readonly coverage: number;
  /** [steps][3]: half-width of the interval / claimed deviation. */
  readonly velocityScale: readonly (readonly number[])[];
  readonly positionScale: readonly (readonly number[])[];
  readonly disagreement: DisagreementThreshold;
  readonly innovation: InnovationCalibration;
}

export interface DisagreementThreshold {
  /** Share of plans in nominal flight that exceed it. */
  readonly falseTripRate: number;
  /** m/s; see `disagreement.ts` for the quantity. */
  readonly thresholdMps: number;
}

/** For {@link InnovationMonitor}. */
export interface InnovationCalibration {
  /** [3]: standard deviation of the innovation / claimed deviation, one step ahead. */
  readonly scale: readonly number[];
  /** Subtracted from each step's mean squared normalised innovation: what nominal flight stays below. */
  readonly allowance: number;
  readonly threshold: number;
  readonly falseTripsPerHour: number;
}

/** Two-sided 90 % interval of the normal distribution, in standard deviations. */
const NORMAL_90 = 1.6448536269514722;

/**
 * Standard deviations of predicted positions, the larger horizontal axis, as Trajectory.sigmaM wants them.
 * @param velocityVariance [steps × 3] (m/s)², claimed, level body: summed over steps, plus that between members.
 * @param out [steps + 1] m; the first becomes `startM`, the estimate's own deviation, which the others add to in square.
 */
export const positionSigmas = (
  calibration: Calibration,
  velocityVariance: Float32Array,
  startM: number,
  out: Float32Array,
): void => {
  const steps = velocityVariance.length / 3;
  assert(out.length === steps + 1, 'one deviation more than steps');
  const last = calibration.positionScale.length - 1;
  let [ahead, right] = [0, 0];
  out[0] = startM;
  for (let step = 0; step < steps; step += 1) {
    ahead += STEP_S * Math.sqrt(velocityVariance[3 * step]!);
    right += STEP_S * Math.sqrt(velocityVariance[3 * step + 1]!);
    // Beyond the calibrated lead the last factor holds on.
    const scale = calibration.positionScale[Math.min(step, last)]!;
    const half = Math.max(ahead * scale[0]!, right * scale[1]!);
    out[step + 1] = Math.sqrt(startM * startM + (half / NORMAL_90) ** 2);
  }
};

/** No single step counts more than this many times its expectation: one lost packet is no changed physics. */
const GREATEST_SQUARE = 9;

/** Mean over the axes of the squared, normalised innovation (normalised innovation squared, Bar-Shalom et al. 2001, 5.4.2). */
export const normalisedSquare = (
  scale: readonly number[],
  error: ArrayLike<number>,
  variance: ArrayLike<number>,
  offset = 0,
): number => {
  let sum = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    sum += error[offset + axis]! ** 2 / (variance[offset + axis]! * scale[axis]! ** 2);
  }
  return Math.min(GREATEST_SQUARE, sum / 3);
};

/**
 * Sees changed physics, which an ensemble's disagreement cannot: one step predicted against what came, accumulated by a
 * one-sided CUSUM (Page 1954). Feed it the prediction for the action that was flown, one call per STEP_S.
 */
export class InnovationMonitor {
  readonly #calibration: InnovationCalibration;
  #sum = 0;

  constructor(calibration: InnovationCalibration) {
    this.#calibration = calibration;
  }

  /** @param error predicted minus seen velocity (3), level body, m/s. @param variance claimed, (m/s)² (3). */
  push(error: ArrayLike<number>, variance: ArrayLike<number>): void {
    const { scale, allowance } = this.#calibration;
    this.#sum = Math.max(0, this.#sum + normalisedSquare(scale, error, variance) - allowance);
  }

  /** How much has been accumulated, as a share of the threshold. */
  get level(): number {
    return this.#sum / this.#calibration.threshold;
  }

  get tripped(): boolean {
    return this.level > 1;
  }

  reset(): void {
    this.#sum = 0;
  }
}
