import type { Motion } from './control/flight-control.ts';
import type { Situation } from './situation.ts';
import type { LiftPhase } from './takeoff-ramp.ts';
import { slotOf } from './parameters.ts';

const MPC_THR_MIN = slotOf('MPC_THR_MIN');
const MPC_LAND_CRWL = slotOf('MPC_LAND_CRWL');

/** LNDMC_Z_VEL_MAX and LNDMC_XY_VEL_MAX. */
const STILL_DOWN_MPS = 0.25;
const STILL_HORIZONTAL_MPS = 1.5;
/** Time at rest until ground contact is believed, and until the landing is certain. */
const CONTACT_S = 0.4;
const LANDED_S = 1.5;
/** Share of the way from least to hover thrust below which the motors carry nothing. */
const LOW_THRUST_SHARE = 0.3;
/** A descent slower than nearly MPC_LAND_CRWL is not meant to reach the ground. */
const DESCENT_SHARE = 0.9;

export interface LiftCommand {
  /** Collective thrust wanted, 0..1. */
  thrust: number;
  hoverThrust: number;
  /** Velocity wanted, NED z. */
  downMps: number;
}

/**
 * Decides from estimate and commands, never from the truth, whether the vehicle is on the ground: no
 * motion although it should descend or has hardly any thrust. Contact comes first (the controller
 * then takes all thrust away), landing when it lasts. It counts as leaving the ground as soon as the
 * take-off ramp brings thrust, as PX4 does, before there is lift.
 */
export class LandDetector {
  landed = true;
  contact = true;
  #stillS = 0;

  step(
    dtS: number,
    phase: LiftPhase,
    command: Readonly<LiftCommand>,
    { motion, parameters, positionValid }: Situation,
  ): void {
    if (phase === 'disarmed') {
      this.#rest();
      return;
    }
    const least = parameters.at(MPC_THR_MIN);
    const low = command.thrust < least + LOW_THRUST_SHARE * (command.hoverThrust - least);
    if (this.landed) {
      const lifting = phase === 'rampup' && command.thrust > least / 2;
      if (lifting || (phase === 'flight' && !low)) this.#leave();
      return;
    }
    const descending = command.downMps > DESCENT_SHARE * parameters.at(MPC_LAND_CRWL);
    const resting = isStill(motion, positionValid) && phase === 'flight' && (low || descending);
    this.#stillS = resting ? this.#stillS + dtS : 0;
    this.contact = this.#stillS >= CONTACT_S;
    if (this.#stillS >= LANDED_S) this.#rest();
  }

  #rest(): void {
    this.landed = true;
    this.contact = true;
    this.#stillS = 0;
  }

  #leave(): void {
    this.landed = false;
    this.contact = false;
    this.#stillS = 0;
  }
}

/** Horizontal speed counts only while it is known. */
const isStill = ({ velocityNed: { x, y, z } }: Motion, known: boolean): boolean =>
  Math.abs(z) < STILL_DOWN_MPS &&
  (!known || x * x + y * y < STILL_HORIZONTAL_MPS * STILL_HORIZONTAL_MPS);
