import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/** Seen in recordings of v1.15.4 and v1.18: a take-off asked for in the air went up by as much. */
const LEAST_CLIMB_M = 1.5;

/**
 * The climb begins as a descent at landing speed that turns into a climb at this rate (flight logs of
 * both versions: 0.5 m/s²), which is why a vehicle leaves the ground some 3 s after its motors turn.
 */
const ONSET_MPS2 = 0.5;

/** AUTO.TAKEOFF: straight up at MPC_TKO_SPEED to MIS_TAKEOFF_ALT or the commanded altitude. */
export class Takeoff implements ModeBehaviour {
  finished = false;
  readonly landing = false;
  readonly wantsTakeoff = true;
  readonly #trajectory: AutoTrajectory;
  #altitudeAmslM = Number.NaN;
  #aimed = false;
  #fromGround = true;
  #enteredAtS = 0;

  constructor(trajectory: AutoTrajectory) {
    this.#trajectory = trajectory;
  }

  /** NAV_TAKEOFF's altitude, AMSL; NaN means MIS_TAKEOFF_ALT above the ground. */
  commandAltitude(altitudeAmslM: number): void {
    this.#altitudeAmslM = altitudeAmslM;
    this.#aimed = false;
  }

  /** It began on the ground: EXTENDED_SYS_STATE then says "take-off". */
  get isFromGround(): boolean {
    return this.#fromGround;
  }

  enter(situation: Situation): void {
    this.finished = false;
    this.#fromGround = situation.landed;
    this.#enteredAtS = situation.timeS;
    this.#aim(situation);
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    // Waiting on the ground the estimate drifts: the column to climb is that of the moment of lift-off.
    if (situation.landed || !this.#aimed) this.#aim(situation);
    const { motion, parameters } = situation;
    const climbMps = parameters.get('MPC_TKO_SPEED');
    this.#trajectory.step(dtS, motion, out, climbMps);
    out.climbLimitMps = Math.min(climbMps, this.#onsetMps(situation));
    this.finished =
      !situation.landed && this.#trajectory.verticalGapM(motion) < parameters.get('NAV_MC_ALT_RAD');
  }

  /** Climb speed allowed so far; negative at first. In the air there is no onset. */
  #onsetMps(situation: Situation): number {
    if (!this.#fromGround) return Number.POSITIVE_INFINITY;
    const { armedAtS, timeS, parameters } = situation;
    const turningAtS = armedAtS + parameters.get('COM_SPOOLUP_TIME');
    const sinceS = Math.max(0, timeS - Math.max(turningAtS, this.#enteredAtS));
    return ONSET_MPS2 * (situation.armed ? sinceS : 0) - parameters.get('MPC_LAND_SPEED');
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
