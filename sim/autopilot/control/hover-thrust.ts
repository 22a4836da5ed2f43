import { clamp, GRAVITY_MPS2 } from '#protocols/units.ts';

/** HTE_THR_RANGE: how far the estimate may leave MPC_THR_HOVER. */
const RANGE = 0.2;
const TIME_CONSTANT_S = 4;

/**
 * Learns the throttle that carries the vehicle's weight (PX4's hover thrust estimator, here as a
 * first-order filter): lift per throttle is seen in the vertical acceleration.
 */
export class HoverThrust {
  value: number;
  readonly #initial: number;

  constructor(initial: number) {
    this.#initial = initial;
    this.value = initial;
  }

  reset(): void {
    this.value = this.#initial;
  }

  /** @param lift throttle times the cosine of tilt; @param downMps2 measured acceleration, NED z. */
  step(dtS: number, lift: number, downMps2: number): void {
    const liftMps2 = GRAVITY_MPS2 - downMps2;
    if (liftMps2 < 0.3 * GRAVITY_MPS2 || lift < 0.1) return;
    const seen = (lift * GRAVITY_MPS2) / liftMps2;
    this.value = clamp(
      this.value + (dtS / TIME_CONSTANT_S) * (seen - this.value),
      this.#initial - RANGE,
      this.#initial + RANGE,
    );
  }
}
