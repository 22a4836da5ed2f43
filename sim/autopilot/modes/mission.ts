import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { radiansFromDegrees, wrapPi } from '#protocols/units.ts';
import type { Vector3 } from '#protocols/vector.ts';
import { yawOf } from '../../rotation.ts';
import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import { NAVIGATOR_EVENTS } from '../events/event-kinds.ts';
import { isFlownTo } from '../mission/mission-feasibility.ts';
import type { Mission } from '../mission/mission.ts';
import type { PlanItem } from '../mission/plan-item.ts';
import { cornerSpeedMps } from '../mission/corner-speed.ts';
import { heightAboveHomeM, type Situation } from '../situation.ts';
import { landingSpeedMps } from './land.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/** What is done at the present item: wait for arming, climb first, fly there, land, wait, hold for good. */
type Phase = 'ground' | 'climb' | 'fly' | 'land' | 'wait' | 'done';

/** DO_SET_ROI's "location". */
const ROI_LOCATION = 3;

const isLanding = ({ command }: PlanItem): boolean => command === MavCmd.NAV_LAND;

/**
 * AUTO.MISSION: the stored items one after the other, with the smooth trajectory of the auto modes.
 * An item counts as reached by acceptance radius (parameter 2 or NAV_ACC_RAD), NAV_MC_ALT_RAD and, if
 * it asks for a heading, MIS_YAW_ERR; then its waiting time runs.
 */
export class MissionMode implements ModeBehaviour {
  finished = false;
  readonly #trajectory: AutoTrajectory;
  readonly #mission: Mission;
  readonly #returnHome: () => void;
  #phase: Phase = 'ground';
  #changes = 0;
  #arrivedS = Number.NaN;
  /** DO_CHANGE_SPEED's; NaN means MPC_XY_CRUISE. */
  #speedMps = Number.NaN;
  #lookAtNed: Vector3 | undefined;

  /** @param returnHome carries out NAV_RETURN_TO_LAUNCH: the commander changes the mode. */
  constructor(trajectory: AutoTrajectory, mission: Mission, returnHome: () => void) {
    this.#trajectory = trajectory;
    this.#mission = mission;
    this.#returnHome = returnHome;
  }

  get landing(): boolean {
    return this.#phase === 'land';
  }

  get staying(): boolean {
    return this.#phase === 'done';
  }

  get wantsTakeoff(): boolean {
    return this.#phase === 'climb';
  }

  enter(situation: Situation): void {
    this.#phase = 'ground';
    this.finished = false;
    this.#trajectory.begin(situation.motion);
    if (situation.armed) this.#activate(situation);
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    if (!situation.armed) this.#phase = 'ground';
    else if (this.#phase === 'ground') this.#activate(situation);
    else if (this.#changes !== this.#mission.changes) this.#begin(situation);
    if (this.#phase !== 'ground' && this.#phase !== 'done') this.#advance(situation);
    if (this.#phase === 'land') {
      const speedMps = landingSpeedMps(situation, heightAboveHomeM(situation));
      this.#trajectory.stepSinking(dtS, situation.motion, out, speedMps);
    } else {
      this.#aimHeading(situation);
      this.#trajectory.step(dtS, situation.motion, out);
    }
  }

  /** Taken up: a mission that was flown to its end begins again, any other goes on. */
  #activate(situation: Situation): void {
    const { progress } = this.#mission;
    if (progress.finished && this.#mission.atLastItem) this.#mission.restart();
    progress.finished = false;
    this.#speedMps = Number.NaN;
    this.#lookAtNed = undefined;
    this.#trajectory.begin(situation.motion);
    situation.notices.inform('Executing Mission', NAVIGATOR_EVENTS.missionBegins());
    this.#begin(situation);
  }

  #begin(situation: Situation): void {
    this.#changes = this.#mission.changes;
    this.#mission.progress.reachedSeq = -1;
    if (situation.missionValid && this.#mission.settle()) this.#startItem(situation);
    else this.#complete(situation);
  }

  #startItem(situation: Situation): void {
    const item = this.#mission.current!;
    this.#arrivedS = Number.NaN;
    if (!isFlownTo(item)) {
      this.#phase = 'wait';
      this.#carryOut(item, situation);
    } else if (situation.landed && !isLanding(item)) {
      this.#climbTo(item, situation);
    } else {
      this.#flyTo(item, situation);
    }
  }

  /** Straight up from the ground, to the item's altitude but at least to MIS_TAKEOFF_ALT. */
  #climbTo(item: PlanItem, situation: Situation): void {
    const { motion, homeNed, parameters } = situation;
    const { z } = this.#mission.placeOf(item, situation);
    const leastZ = homeNed.z - parameters.get('MIS_TAKEOFF_ALT');
    this.#trajectory.begin(motion);
    this.#aimAt({ ...motion.positionNed, z: Math.min(z, leastZ) });
    this.#phase = 'climb';
    const heightM = homeNed.z - Math.min(z, leastZ);
    const text = `Climb to ${heightM.toFixed(1)} meters above home`;
    situation.notices.inform(text, NAVIGATOR_EVENTS.missionClimbs(heightM));
  }

  #flyTo(item: PlanItem, situation: Situation): void {
    const { motion, parameters } = situation;
    const place = this.#mission.placeOf(item, situation);
    // A landing spot is approached at the present altitude.
    if (isLanding(item)) place.z = Math.min(this.#trajectory.targetNed.z, motion.positionNed.z);
    this.#aimAt(place);
    this.#phase = 'fly';
    const gapM = this.#trajectory.horizontalGapM(motion);
    if (isLanding(item) && gapM <= parameters.get('NAV_ACC_RAD')) this.#phase = 'land';
    this.#trajectory.cruiseMps = this.#speedMps;
    this.#trajectory.passingRadiusM = this.#radiusM(item, situation);
    this.#trajectory.exitMps = this.#exitSpeedMps(item, place, situation);
  }

  #aimAt({ x, y, z }: Readonly<Vector3>): void {
    const { targetNed } = this.#trajectory;
    if (Number.isFinite(x)) targetNed.x = x;
    if (Number.isFinite(y)) targetNed.y = y;
    if (Number.isFinite(z)) targetNed.z = z;
  }

  /** A waypoint without a wait is passed at the speed that the corner allows. */
  #exitSpeedMps(item: PlanItem, place: Vector3, situation: Situation): number {
    const next = this.#mission.placeAfterCurrent();
    const passed = item.command === MavCmd.NAV_WAYPOINT && !(item.params[0] > 0);
    if (!passed || !item.autocontinue || next === undefined) return 0;
    const after = this.#mission.placeOf(next, situation);
    const radiusM = this.#radiusM(item, situation);
    return cornerSpeedMps(situation, [situation.motion.positionNed, place, after], radiusM);
  }

  #radiusM({ command, params }: PlanItem, { parameters }: Situation): number {
    const own = command === MavCmd.NAV_WAYPOINT ? params[1] : 0;
    return own > 0 ? own : parameters.get('NAV_ACC_RAD');
  }

  /** What needs no flying is done at once. */
  #carryOut({ command, params }: PlanItem, situation: Situation): void {
    const [one, two] = params;
    if (command === MavCmd.NAV_RETURN_TO_LAUNCH) {
      this.#phase = 'done';
      this.#returnHome();
    } else if (command === MavCmd.DO_CHANGE_SPEED) {
      // Types 0 and 1 are the horizontal speed; not above 0 means back to the default.
      if (one <= 1) this.#speedMps = two > 0 ? two : Number.NaN;
    } else if (command === MavCmd.DO_SET_ROI_LOCATION || command === MavCmd.DO_SET_ROI) {
      const located = command === MavCmd.DO_SET_ROI_LOCATION || one === ROI_LOCATION;
      const item = this.#mission.current!;
      this.#lookAtNed = located ? this.#mission.placeOf(item, situation) : undefined;
    } else if (command === MavCmd.DO_SET_ROI_NONE) {
      this.#lookAtNed = undefined;
    }
  }

  #advance(situation: Situation): void {
    const item = this.#mission.current;
    if (item === undefined) {
      this.#complete(situation);
      return;
    }
    if (!this.#isReached(item, situation)) return;
    this.#mission.progress.reachedSeq = this.#mission.currentSeq;
    if (!item.autocontinue) return;
    if (this.#mission.advance()) this.#startItem(situation);
    else this.#complete(situation);
  }

  #isReached(item: PlanItem, situation: Situation): boolean {
    const { timeS, parameters, motion } = situation;
    if (this.#phase === 'wait') return this.#isWaitOver(item, timeS);
    if (this.#phase === 'land') return situation.landed;
    const high = this.#trajectory.verticalGapM(motion) <= parameters.get('NAV_MC_ALT_RAD');
    if (this.#phase === 'climb') {
      if (!high || situation.landed) return false;
      this.#flyTo(item, situation);
      if (item.command !== MavCmd.NAV_TAKEOFF) return false;
    }
    const gapM = this.#trajectory.horizontalGapM(motion);
    if (!high || !(gapM <= this.#radiusM(item, situation))) return this.#hasWaited(item, timeS);
    if (isLanding(item)) {
      this.#phase = 'land';
      return false;
    }
    if (!this.#isHeadingRight(item, situation)) return false;
    if (Number.isNaN(this.#arrivedS)) this.#arrivedS = timeS;
    return this.#hasWaited(item, timeS);
  }

  #isWaitOver({ command, params }: PlanItem, timeS: number): boolean {
    if (command !== MavCmd.NAV_DELAY) return true;
    if (Number.isNaN(this.#arrivedS)) this.#arrivedS = timeS;
    return !(timeS - this.#arrivedS < params[0]);
  }

  /** Once arrived, the time runs whether or not the vehicle stays within the radius. */
  #hasWaited({ command, params }: PlanItem, timeS: number): boolean {
    if (command === MavCmd.NAV_LOITER_UNLIM || Number.isNaN(this.#arrivedS)) return false;
    const waits = command === MavCmd.NAV_WAYPOINT || command === MavCmd.NAV_LOITER_TIME;
    return !(waits && timeS - this.#arrivedS < params[0]);
  }

  #isHeadingRight(item: PlanItem, { motion, parameters, timeS }: Situation): boolean {
    const wantedDeg = this.#headingDeg(item);
    if (!Number.isFinite(wantedDeg) || this.#arrivedS <= timeS) return true;
    const error = Math.abs(wrapPi(radiansFromDegrees(wantedDeg) - yawOf(motion.attitude)));
    return error < radiansFromDegrees(parameters.get('MIS_YAW_ERR'));
  }

  #headingDeg({ command, params }: PlanItem): number {
    return command === MavCmd.NAV_WAYPOINT || command === MavCmd.NAV_LOITER_UNLIM
      ? params[3]
      : Number.NaN;
  }

  /** The item's heading, the region of interest, or the course while the place is not near. */
  #aimHeading({ motion, parameters }: Situation): void {
    if (this.#phase !== 'fly' && this.#phase !== 'wait') return;
    const item = this.#mission.current;
    const ownDeg = item === undefined ? Number.NaN : this.#headingDeg(item);
    const towards = this.#lookAtNed ?? this.#trajectory.targetNed;
    const north = towards.x - motion.positionNed.x;
    const east = towards.y - motion.positionNed.y;
    if (this.#lookAtNed === undefined && Number.isFinite(ownDeg)) {
      this.#trajectory.targetYawRad = radiansFromDegrees(ownDeg);
    } else if (north * north + east * east > parameters.get('NAV_ACC_RAD') ** 2) {
      this.#trajectory.targetYawRad = Math.atan2(east, north);
    }
  }

  /** Over, or never possible: stays where the last item was, in the air the commander goes to LOITER. */
  #complete(situation: Situation): void {
    this.#phase = 'done';
    this.#mission.progress.finished = true;
    this.finished = !situation.landed;
  }
}
