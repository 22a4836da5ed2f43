import { clamp, GRAVITY_MPS2 } from '#protocols/units.ts';
import type { ControlGains } from './control-gains.ts';

/** Bounds and memory of what the filter takes for the noise of the measured acceleration. */
const NOISE_LEAST = 1;
const NOISE_MOST = 400;
const NOISE_INITIAL = 5;
const NOISE_LEARNING_S = 2;
const RESIDUAL_MEMORY_S = 1;
/** Rejections in one direction that mean that the truth has moved. */
const OFFSET_DETECTED = 0.2;

/**
 * Learns the throttle that carries the vehicle's weight, as PX4's hover thrust estimator does
 * (docs.px4.io, "Hover thrust estimator" under Controller diagrams): a Kalman filter with one state,
 * whose measurement is the vertical acceleration that the present lift gives: a = g · lift/hover − g.
 */
export class HoverThrust {
  value: number;
  readonly #initial: number;
  #variance = Number.NaN;
  #noise = NOISE_INITIAL;
  #residual = 0;
  #rejections = 0;

  constructor(initial: number) {
    this.#initial = initial;
    this.value = initial;
  }

  reset(): void {
    this.value = this.#initial;
    this.#variance = Number.NaN;
    this.#noise = NOISE_INITIAL;
    this.#residual = 0;
    this.#rejections = 0;
  }

  /**
   * @param lift vertical thrust wanted, 0..1.
   * @param upMps2 measured vertical acceleration, positive up, zero when hovering.
   * @param noiseScale from 1: how much less the measurement is believed in fast flight.
   */
  step(
    dtS: number,
    lift: number,
    upMps2: number,
    noiseScale: number,
    gains: Readonly<ControlGains>,
  ): void {
    const initialError = gains.hoverErrorInitial;
    if (Number.isNaN(this.#variance)) this.#variance = initialError * initialError;
    const process = gains.hoverNoise * gains.hoverNoise;
    this.#variance += process * dtS * dtS;
    const slope = (-GRAVITY_MPS2 * lift) / (this.value * this.value);
    const noise = this.#noise * noiseScale;
    const innovationVariance = slope * slope * this.#variance + noise;
    const innovation = upMps2 - this.#predicted(lift);
    const gate = gains.hoverGate * gains.hoverGate * innovationVariance;
    const ratio = (innovation * innovation) / gate;
    let residual = innovation;
    if (ratio < 1) {
      const gain = (this.#variance * slope) / innovationVariance;
      const { hoverRange } = gains;
      this.value = clamp(
        this.value + gain * innovation,
        this.#initial - hoverRange,
        this.#initial + hoverRange,
      );
      this.#variance = clamp((1 - gain * slope) * this.#variance, 1e-10, 1);
      residual = upMps2 - this.#predicted(lift);
    } else if (Math.abs(this.#rejections) > OFFSET_DETECTED) {
      this.#variance += 1000 * process * dtS;
    }
    this.#learnNoise(dtS, residual, slope, Math.sign(innovation) * Math.min(1, ratio));
  }

  #predicted(lift: number): number {
    return (GRAVITY_MPS2 * lift) / this.value - GRAVITY_MPS2;
  }

  #learnNoise(dtS: number, residual: number, slope: number, signedRatio: number): void {
    const memory = dtS / (RESIDUAL_MEMORY_S + dtS);
    this.#residual += memory * (residual - this.#residual);
    this.#rejections += memory * (signedRatio - this.#rejections);
    const learning = dtS / (NOISE_LEARNING_S + dtS);
    const unbiased = residual - this.#residual;
    const seen = unbiased * unbiased + slope * slope * this.#variance;
    this.#noise = clamp(this.#noise + learning * (seen - this.#noise), NOISE_LEAST, NOISE_MOST);
  }
}
