import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/** Seen in recordings of v1.15.4 and v1.18: a take-off asked for in the air went up by as much. */
const LEAST_CLIMB_M = 1.5;

/** AUTO.TAKEOFF: straight up at MPC_TKO_SPEED to MIS_TAKEOFF_ALT or the commanded altitude. */
export class Takeoff implements ModeBehaviour {
  finished = false;
  readonly landing = false;
  readonly wantsTakeoff = true;
  readonly #trajectory: AutoTrajectory;
  #altitudeAmslM = Number.NaN;
  #aimed = false;

  constructor(trajectory: AutoTrajectory) {
    this.#trajectory = trajectory;
  }

  /** NAV_TAKEOFF's altitude, AMSL; NaN means MIS_TAKEOFF_ALT above the ground. */
  commandAltitude(altitudeAmslM: number): void {
    this.#altitudeAmslM = altitudeAmslM;
    this.#aimed = false;
  }

  enter(situation: Situation): void {
    this.finished = false;
    this.#aim(situation);
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    // Waiting on the ground the estimate drifts: the column to climb is that of the moment of lift-off.
    if (situation.landed || !this.#aimed) this.#aim(situation);
    const { motion, parameters } = situation;
    const climbMps = parameters.get('MPC_TKO_SPEED');
    this.#trajectory.step(dtS, motion, out, climbMps);
    out.climbLimitMps = climbMps;
    this.finished =
      !situation.landed && this.#trajectory.verticalGapM(motion) < parameters.get('NAV_MC_ALT_RAD');
  }

  #aim(situation: Situation): void {
    const { motion, parameters } = situation;
    this.#trajectory.begin(motion);
    const { targetNed } = this.#trajectory;
    targetNed.x = motion.positionNed.x;
    targetNed.y = motion.positionNed.y;
    const commanded = situation.originAltAmslM - this.#altitudeAmslM;
    const standard = situation.homeNed.z - parameters.get('MIS_TAKEOFF_ALT');
    const downM = Number.isFinite(commanded) ? commanded : standard;
    // Never down: in the air, and above the height already, it still climbs a little.
    targetNed.z = Math.min(downM, motion.positionNed.z - LEAST_CLIMB_M);
    this.#aimed = true;
  }
}
