import { clamp } from '#protocols/units.ts';
import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import { heightAboveHomeM, type Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/**
 * Descent speed by height: MPC_Z_V_AUTO_DN above MPC_LAND_ALT1, MPC_LAND_SPEED below MPC_LAND_ALT2,
 * MPC_LAND_CRWL below MPC_LAND_ALT3.
 */
export const landingSpeedMps = ({ parameters }: Situation, heightM: number): number => {
  if (heightM < parameters.get('MPC_LAND_ALT3')) return parameters.get('MPC_LAND_CRWL');
  const high = parameters.get('MPC_LAND_ALT1');
  const low = parameters.get('MPC_LAND_ALT2');
  const slow = parameters.get('MPC_LAND_SPEED');
  const share = clamp((heightM - low) / Math.max(0.1, high - low), 0, 1);
  return slow + share * (parameters.get('MPC_Z_V_AUTO_DN') - slow);
};

/** AUTO.LAND: brake over the ground, then down until the land detector is sure. */
export class Land implements ModeBehaviour {
  readonly finished = false;
  readonly landing = true;
  readonly wantsTakeoff = false;
  readonly #trajectory: AutoTrajectory;

  constructor(trajectory: AutoTrajectory) {
    this.#trajectory = trajectory;
  }

  enter(situation: Situation): void {
    this.#trajectory.begin(situation.motion);
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    const speedMps = landingSpeedMps(situation, heightAboveHomeM(situation));
    this.#trajectory.stepSinking(dtS, situation.motion, out, speedMps);
  }
}
