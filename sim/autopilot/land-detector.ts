import type { LiftPhase } from './takeoff-ramp.ts';
import type { Parameters } from './parameters.ts';
import type { Motion } from './control/flight-control.ts';

/** LNDMC_Z_VEL_MAX, LNDMC_XY_VEL_MAX and LNDMC_TRIG_TIME. */
const STILL_DOWN_MPS = 0.25;
const STILL_HORIZONTAL_MPS = 1.5;
const TRIGGER_S = 1;
/** Share of the way from least to hover thrust below which the motors carry nothing. */
const LOW_THRUST_SHARE = 0.3;

/**
 * Decides from the estimate and the thrust, never from the truth, whether the vehicle is on the
 * ground: low thrust and no motion for a second. It leaves the ground when the ramp lifts thrust
 * above that.
 */
export class LandDetector {
  landed = true;
  #stillS = 0;

  step(
    dtS: number,
    phase: LiftPhase,
    thrust: number,
    hoverThrust: number,
    motion: Motion,
    parameters: Parameters,
  ): void {
    if (phase === 'disarmed') {
      this.landed = true;
      this.#stillS = 0;
      return;
    }
    const least = parameters.get('MPC_THR_MIN');
    const low = thrust < least + LOW_THRUST_SHARE * (hoverThrust - least);
    if (this.landed) {
      if ((phase === 'rampup' || phase === 'flight') && !low) this.landed = false;
      this.#stillS = 0;
      return;
    }
    const { x, y, z } = motion.velocityNed;
    const still =
      Math.abs(z) < STILL_DOWN_MPS && x * x + y * y < STILL_HORIZONTAL_MPS * STILL_HORIZONTAL_MPS;
    this.#stillS = low && still ? this.#stillS + dtS : 0;
    if (this.#stillS >= TRIGGER_S) this.landed = true;
  }
}
