import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/**
 * What PX4 does in a manual mode without a radio, and in DESCEND: level, so that drag alone slows it
 * over the ground, and down at MPC_LAND_SPEED until the ground comes.
 */
export class BlindDescent implements ModeBehaviour {
  readonly finished = false;
  readonly landing = false;
  readonly wantsTakeoff = false;

  enter(): void {
    // Nothing to remember: it needs no position.
  }

  step(_dtS: number, { parameters }: Situation, out: FlightSetpoint): void {
    out.accelerationNed.x = 0;
    out.accelerationNed.y = 0;
    out.velocityNed.z = parameters.get('MPC_LAND_SPEED');
  }
}
