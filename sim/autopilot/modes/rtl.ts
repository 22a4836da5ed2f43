import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import { NAVIGATOR_EVENTS } from '../events/event-kinds.ts';
import { heightAboveHomeM, type Situation } from '../situation.ts';
import { landingSpeedMps } from './land.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';
import { returnZ } from './return-height.ts';
import type { ReturnPlan, ReturnPlanner } from './return-plan.ts';

type Phase = 'climb' | 'by' | 'return' | 'descend' | 'delay' | 'land';

const HOME: ReturnPlan = { end: 'home', by: [], climbs: true, landsAtOnce: false };

/**
 * AUTO.RTL: climb to the height of return, fly by the places of the plan to its end as near as
 * NAV_ACC_RAD, descend to RTL_DESCEND_ALT, wait RTL_LAND_DELAY (negative: for ever), land.
 */
export class Rtl implements ModeBehaviour {
  readonly finished = false;
  landing = false;
  readonly wantsTakeoff = false;
  readonly #trajectory: AutoTrajectory;
  readonly #planner: ReturnPlanner;
  #plan = HOME;
  #phase: Phase = 'climb';
  /** Places of the plan that lie behind. */
  #passed = 0;
  /** The first of them was met at the height of return. */
  #high = false;
  /** Of the height of return above home: the local frame may move. */
  #returnM = 0;
  #heldZ = 0;
  #delayUntilS = 0;
  /** Where it lands, for a plan that ends where it begins. */
  readonly #here: Vector3 = vector3(0, 0, 0);

  constructor(trajectory: AutoTrajectory, planner: ReturnPlanner) {
    this.#trajectory = trajectory;
    this.#planner = planner;
  }

  enter(situation: Situation, from: FlightMode): void {
    const { positionNed } = situation.motion;
    this.#trajectory.begin(situation.motion);
    Object.assign(this.#trajectory.targetNed, positionNed);
    Object.assign(this.#here, positionNed);
    this.#plan = this.#planner.plan(situation, from);
    const end = this.#end(situation);
    const z = returnZ(situation, end);
    this.#returnM = situation.homeNed.z - z;
    if (isFlying(situation)) announceReturn(situation, z, end.z - z);
    this.#heldZ = positionNed.z;
    this.#passed = 0;
    this.#high = false;
    this.#phase = 'climb';
    this.landing = false;
    if (!this.#plan.climbs) this.#goOn(situation);
  }

  /** Climbing and waiting are PX4's "loiter" setpoints. */
  get staying(): boolean {
    return this.#phase === 'climb' || this.#phase === 'delay';
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    this.#advance(situation);
    // 1.18 says so as soon as it is home, v1.15 when it leaves RTL_DESCEND_ALT.
    const home = this.#phase === 'descend' || this.#phase === 'delay';
    const wasLanding = this.landing;
    this.landing = this.#phase === 'land' || (home && situation.profile === '1.18');
    if (this.landing && !wasLanding && isFlying(situation)) {
      situation.notices.inform('RTL: land at destination', NAVIGATOR_EVENTS.landingAtHome());
    }
    if (this.#phase === 'land') {
      const speedMps = landingSpeedMps(situation, heightAboveHomeM(situation));
      this.#trajectory.stepSinking(dtS, situation.motion, out, speedMps);
    } else {
      this.#trajectory.step(dtS, situation.motion, out);
    }
  }

  #advance(situation: Situation): void {
    const { motion, parameters } = situation;
    const trajectory = this.#trajectory;
    const near = trajectory.horizontalGapM(motion) < parameters.get('NAV_ACC_RAD');
    if (this.#phase === 'climb') {
      // A vehicle that was fast first flies back to where it was told to return, and climbs there.
      if (near) this.#heldZ = motion.positionNed.z;
      trajectory.targetNed.z = near ? situation.homeNed.z - this.#returnM : this.#heldZ;
    }
    const levelled = trajectory.verticalGapM(motion) < parameters.get('NAV_MC_ALT_RAD');
    if (this.#phase === 'climb' && near && levelled) this.#goOn(situation);
    else if (this.#phase === 'by' && near && levelled) this.#goOn(situation);
    else if (this.#phase === 'return' && near) this.#arrive(situation);
    else if (this.#phase === 'descend' && levelled) this.#wait(situation);
    else if (this.#phase === 'delay' && this.#mayLand(situation)) this.#phase = 'land';
  }

  #end(situation: Situation): Readonly<Vector3> {
    return this.#plan.end === 'here'
      ? this.#here
      : this.#planner.placeOf(this.#plan.end, situation);
  }

  /** To the next place by which the way leads, and at last to its end. */
  #goOn(situation: Situation): void {
    const next = this.#plan.by[this.#passed];
    const { targetNed } = this.#trajectory;
    if (next === undefined) {
      const { x, y } = this.#end(situation);
      this.#phase = 'return';
      Object.assign(targetNed, { x, y });
      // Back along a mission, the height of return is due only for the last leg.
      const climbsNow = !this.#plan.climbs && !this.#plan.landsAtOnce;
      if (climbsNow) targetNed.z = Math.min(targetNed.z, situation.homeNed.z - this.#returnM);
    } else {
      const place = this.#planner.placeOf(next, situation);
      this.#phase = 'by';
      // The first place is met at the height of return, and then descended to.
      const high = this.#plan.climbs && !this.#high;
      Object.assign(targetNed, high ? { x: place.x, y: place.y } : place);
      this.#high = true;
      if (!high) this.#passed += 1;
    }
    this.#face(situation);
  }

  #arrive(situation: Situation): void {
    // 1.18 stops on the way down only if it has to wait there.
    const stops = situation.profile === '1.15' || situation.parameters.get('RTL_LAND_DELAY') !== 0;
    if (this.#plan.landsAtOnce || !stops) {
      this.#phase = 'land';
      this.#turn(situation);
      return;
    }
    const end = this.#end(situation);
    const lowest = end.z - situation.parameters.get('RTL_DESCEND_ALT');
    this.#phase = 'descend';
    this.#trajectory.targetNed.z = Math.max(lowest, situation.motion.positionNed.z);
    this.#turn(situation);
  }

  /** 1.18 has no heading for a rally point. */
  #turn({ profile, homeYawRad }: Situation): void {
    const turns = this.#plan.end === 'home' || profile === '1.15';
    if (turns && !this.#plan.landsAtOnce) this.#trajectory.targetYawRad = homeYawRad;
  }

  #wait({ timeS, parameters }: Situation): void {
    this.#phase = 'delay';
    this.#delayUntilS = timeS + parameters.get('RTL_LAND_DELAY');
  }

  #mayLand({ timeS, parameters }: Situation): boolean {
    return parameters.get('RTL_LAND_DELAY') >= 0 && timeS >= this.#delayUntilS;
  }

  #face({ motion }: Situation): void {
    const { targetNed } = this.#trajectory;
    if (this.#trajectory.horizontalGapM(motion) < 2) return;
    this.#trajectory.targetYawRad = Math.atan2(
      targetNed.y - motion.positionNed.y,
      targetNed.x - motion.positionNed.x,
    );
  }
}

const isFlying = ({ armed, landed }: Situation): boolean => armed && !landed;

/** @param z of the return, local NED; @param aboveM that place above where it lands. */
const announceReturn = (situation: Situation, z: number, aboveM: number): void => {
  const wholeM = Math.ceil(aboveM);
  const amslM = Math.ceil(situation.originAltAmslM - z);
  situation.notices.inform(
    `RTL: start return at ${amslM} m (${wholeM} m above destination)`,
    NAVIGATOR_EVENTS.returningAt(amslM, wholeM),
  );
};
