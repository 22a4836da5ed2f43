import { radiansFromDegrees } from '#protocols/units.ts';
import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import { heightAboveHomeM, type Situation } from '../situation.ts';
import { landingSpeedMps } from './land.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

type Phase = 'climb' | 'return' | 'descend' | 'delay' | 'land';

/**
 * AUTO.RTL, RTL_TYPE 0: climb to RTL_RETURN_ALT (lower near home), fly home as near as NAV_ACC_RAD,
 * descend to RTL_DESCEND_ALT, wait RTL_LAND_DELAY (negative: for ever), land.
 */
export class Rtl implements ModeBehaviour {
  readonly finished = false;
  landing = false;
  readonly wantsTakeoff = false;
  readonly #trajectory: AutoTrajectory;
  #phase: Phase = 'climb';
  #returnZ = 0;
  #heldZ = 0;
  #delayUntilS = 0;

  constructor(trajectory: AutoTrajectory) {
    this.#trajectory = trajectory;
  }

  enter(situation: Situation): void {
    const { positionNed } = situation.motion;
    this.#trajectory.begin(situation.motion);
    this.#trajectory.targetNed.x = positionNed.x;
    this.#trajectory.targetNed.y = positionNed.y;
    this.#returnZ = situation.homeNed.z - returnHeightM(situation);
    this.#trajectory.targetNed.z = positionNed.z;
    this.#phase = 'climb';
    this.landing = false;
  }

  /** Climbing and waiting are PX4's "loiter" setpoints. */
  get staying(): boolean {
    return this.#phase === 'climb' || this.#phase === 'delay';
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    this.#advance(situation);
    // 1.18 says so as soon as it is home, v1.15 when it leaves RTL_DESCEND_ALT.
    const home = this.#phase === 'descend' || this.#phase === 'delay';
    this.landing = this.#phase === 'land' || (home && situation.profile === '1.18');
    if (this.#phase === 'land') {
      const speedMps = landingSpeedMps(situation, heightAboveHomeM(situation));
      this.#trajectory.stepSinking(dtS, situation.motion, out, speedMps);
    } else {
      this.#trajectory.step(dtS, situation.motion, out);
    }
  }

  #advance(situation: Situation): void {
    const { motion, homeNed, parameters } = situation;
    const trajectory = this.#trajectory;
    // A vehicle that was fast first flies back to where it was told to return, and climbs there.
    const near = trajectory.horizontalGapM(motion) < parameters.get('NAV_ACC_RAD');
    if (near) this.#heldZ = motion.positionNed.z;
    if (this.#phase === 'climb') trajectory.targetNed.z = near ? this.#returnZ : this.#heldZ;
    const levelled = trajectory.verticalGapM(motion) < parameters.get('NAV_MC_ALT_RAD');
    if (this.#phase === 'climb' && near && levelled) {
      this.#phase = 'return';
      trajectory.targetNed.x = homeNed.x;
      trajectory.targetNed.y = homeNed.y;
      this.#faceHome(situation);
    } else if (this.#phase === 'return' && near) {
      this.#phase = 'descend';
      const height = Math.min(parameters.get('RTL_DESCEND_ALT'), heightAboveHomeM(situation));
      trajectory.targetNed.z = homeNed.z - height;
      trajectory.targetYawRad = situation.homeYawRad;
    } else if (this.#phase === 'descend' && levelled) {
      this.#phase = 'delay';
      this.#delayUntilS = situation.timeS + parameters.get('RTL_LAND_DELAY');
    } else if (this.#phase === 'delay' && this.#mayLand(situation)) {
      this.#phase = 'land';
    }
  }

  #mayLand({ timeS, parameters }: Situation): boolean {
    return parameters.get('RTL_LAND_DELAY') >= 0 && timeS >= this.#delayUntilS;
  }

  #faceHome({ motion, homeNed }: Situation): void {
    if (this.#trajectory.horizontalGapM(motion) < 2) return;
    this.#trajectory.targetYawRad = Math.atan2(
      homeNed.y - motion.positionNed.y,
      homeNed.x - motion.positionNed.x,
    );
  }
}

/**
 * Height above home to return at: RTL_RETURN_ALT, but within RTL_MIN_DIST of home only as high as
 * the cone of half-angle RTL_CONE_ANG is there, and over home itself hardly higher than now. Never
 * below the present height.
 */
const returnHeightM = (situation: Situation): number => {
  const { motion, homeNed, parameters } = situation;
  const dx = homeNed.x - motion.positionNed.x;
  const dy = homeNed.y - motion.positionNed.y;
  const distanceM = Math.sqrt(dx * dx + dy * dy);
  const nowM = heightAboveHomeM(situation);
  const fullM = parameters.get('RTL_RETURN_ALT');
  const arrivedM = parameters.get('NAV_ACC_RAD');
  const nearM = parameters.get('RTL_MIN_DIST');
  // Without a cone RTL_RETURN_ALT holds everywhere, over home too.
  if (parameters.get('RTL_CONE_ANG') <= 0) return Math.max(fullM, nowM);
  if (distanceM <= arrivedM) return Math.max(Math.min(fullM, 2 * distanceM), nowM);
  const coneRad = radiansFromDegrees(parameters.get('RTL_CONE_ANG'));
  const inCone = distanceM <= nearM;
  const wantedM = inCone ? Math.min(fullM, nearM / Math.tan(coneRad)) : fullM;
  return Math.max(wantedM, Math.min(fullM, 2 * arrivedM), nowM);
};
