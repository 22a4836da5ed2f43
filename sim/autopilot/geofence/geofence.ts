import type { Geodetic } from '#protocols/frames.ts';
import { containsPoint, type GroundPoint } from '#protocols/polygon.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { NAVIGATOR_EVENTS } from '../events/event-kinds.ts';
import type { PlanItem } from '../mission/plan-item.ts';
import type { PlanStore } from '../mission/plan-store.ts';
import type { NoticeBoard } from '../notice-board.ts';
import type { Situation } from '../situation.ts';
import { fenceAreasOf, type FenceArea } from './fence-areas.ts';
import { climbStoppingDistanceM, keptDistanceM, stoppingDistanceM } from './stopping-distance.ts';

/** PX4 looks at the fence five times a second. */
const PERIOD_S = 0.2;
const GF_ACTION_NONE = 0;
/** GF_SOURCE: the receiver, not the estimate, says where the vehicle is. */
const GF_SOURCE_GNSS = 1;
/** Slower than this it flies nowhere: the prediction is where it is. */
const MOVING_MPS = 0.5;
/** How exactly the way to the fence is known. */
const SEARCH_M = 0.5;

/**
 * PX4's geofence: the uploaded areas, GF_MAX_HOR_DIST and GF_MAX_VER_DIST. An area that does not
 * admit home, or the vehicle that flies, is left out as soon as it comes. With GF_PREDICT (v1.15) what
 * counts is where the vehicle could stop, and Hold is before the fence.
 */
export class Geofence {
  /** The vehicle is outside, and GF_ACTION is not "none". */
  breached = false;
  /** Where the breach was noticed, or with GF_PREDICT is kept from: what Hold goes to. Local NED. */
  readonly breachNed: Vector3 = vector3(0, 0, 0);
  readonly #plans: PlanStore;
  readonly #localOf: (position: Geodetic) => Vector3;
  readonly #notices: NoticeBoard;
  #areas: readonly FenceArea[] = [];
  #revision = 0;
  #dueS = 0;

  constructor(plans: PlanStore, localOf: (position: Geodetic) => Vector3, notices: NoticeBoard) {
    this.#plans = plans;
    this.#localOf = localOf;
    this.#notices = notices;
  }

  step(situation: Situation): void {
    const { timeS, homeKnown, aligned, parameters, motion } = situation;
    if (!aligned || timeS < this.#dueS) return;
    this.#dueS = timeS + PERIOD_S;
    // Home decides which areas hold: wait for it.
    if (homeKnown && this.#plans.fence.revision !== this.#revision) this.#load(situation);
    const before = this.breached;
    const acts = parameters.get('GF_ACTION') !== GF_ACTION_NONE;
    const predicts = parameters.find('GF_PREDICT') === 1;
    const here = this.#hereNed(situation);
    // Without a fix there is nothing to judge by.
    if (here === undefined) return;
    const reached = predicts ? reachedFrom(here, situation) : here;
    this.breached = acts && homeKnown && this.#isOutside(situation, reached);
    if (!this.breached || before) return;
    const hold = predicts ? this.#holdBefore(here, reached, situation) : motion.positionNed;
    Object.assign(this.breachNed, hold);
  }

  /** Where the vehicle is by GF_SOURCE, local NED. */
  #hereNed({ parameters, motion, gnss, gnssFix }: Situation): Readonly<Vector3> | undefined {
    if (parameters.get('GF_SOURCE') !== GF_SOURCE_GNSS) return motion.positionNed;
    return gnss === undefined || !gnssFix ? undefined : this.#localOf(gnss);
  }

  #load(situation: Situation): void {
    const { items, revision } = this.#plans.fence;
    const { homeNed, motion, landed, parameters } = situation;
    this.#revision = revision;
    this.#areas = fenceAreasOf(items).filter((area) => {
      if (!this.#admits(area, homeNed)) {
        const text = "Geofence invalid, doesn't contain Home position";
        this.#notices.complain(text, NAVIGATOR_EVENTS.fenceWithoutHome());
        return false;
      }
      const flies = !landed && parameters.get('GF_ACTION') !== GF_ACTION_NONE;
      if (!flies || this.#admits(area, motion.positionNed)) return true;
      const text = "Geofence invalid, doesn't contain current vehicle position";
      this.#notices.complain(text, NAVIGATOR_EVENTS.fenceWithoutVehicle());
      return false;
    });
  }

  #isOutside(situation: Situation, at: Readonly<Vector3>): boolean {
    const { homeNed, parameters } = situation;
    const highM = parameters.get('GF_MAX_VER_DIST');
    if (highM > 0 && !(homeNed.z - at.z < highM)) return true;
    return this.#isTooFar(situation, at);
  }

  #isTooFar({ homeNed, parameters }: Situation, at: Readonly<Vector3>): boolean {
    const farM = parameters.get('GF_MAX_HOR_DIST');
    const gapM = Math.sqrt((at.x - homeNed.x) ** 2 + (at.y - homeNed.y) ** 2);
    return (farM > 0 && !(gapM < farM)) || this.#areas.some((area) => !this.#admits(area, at));
  }

  /** On the way to where it could stop: as far as that, but {@link keptDistanceM} before the fence. */
  #holdBefore(here: Readonly<Vector3>, reached: Readonly<Vector3>, situation: Situation): Vector3 {
    const { parameters, homeNed } = situation;
    const wayM = Math.sqrt((reached.x - here.x) ** 2 + (reached.y - here.y) ** 2);
    const along = (distanceM: number): Vector3 => {
      const share = wayM > 0 ? distanceM / wayM : 0;
      return vector3(
        here.x + share * (reached.x - here.x),
        here.y + share * (reached.y - here.y),
        here.z,
      );
    };
    let [inside, outside] = [0, wayM];
    while (this.#isTooFar(situation, reached) && outside - inside > SEARCH_M) {
      const middle = (inside + outside) / 2;
      if (this.#isTooFar(situation, along(middle))) outside = middle;
      else inside = middle;
    }
    const hold = along(Math.min(wayM, outside < wayM ? inside - keptDistanceM(parameters) : wayM));
    const highM = parameters.get('GF_MAX_VER_DIST');
    const tooHigh = highM > 0 && homeNed.z - reached.z >= highM;
    if (tooHigh) hold.z = Math.max(here.z, homeNed.z - highM + keptDistanceM(parameters));
    return hold;
  }

  /** Whether an area alone lets a vehicle be there. The local frame may move: places are taken anew. */
  #admits({ inclusion, vertices, radiusM }: FenceArea, { x, y }: Readonly<Vector3>): boolean {
    const points = vertices.map((item) => this.#groundOf(item));
    if (radiusM === undefined) return containsPoint(points, x, y) === inclusion;
    const centre = points[0]!;
    const gapM = Math.sqrt((x - centre.northM) ** 2 + (y - centre.eastM) ** 2);
    return gapM < radiusM === inclusion;
  }

  #groundOf({ params }: PlanItem): GroundPoint {
    const [, , , , latDeg, lonDeg] = params;
    const { x, y } = this.#localOf({ latDeg, lonDeg, altAmslM: 0 });
    return { northM: x, eastM: y };
  }
}

/** Where it could be before it stops, local NED. */
const reachedFrom = (
  positionNed: Readonly<Vector3>,
  { motion: { velocityNed }, parameters }: Situation,
): Vector3 => {
  const speedMps = Math.sqrt(velocityNed.x ** 2 + velocityNed.y ** 2);
  const wayM = speedMps > MOVING_MPS ? stoppingDistanceM(parameters, speedMps) : 0;
  const perMps = wayM > 0 ? wayM / speedMps : 0;
  const climbs = Math.abs(velocityNed.z) > MOVING_MPS;
  const climbM = climbs ? climbStoppingDistanceM(parameters, -velocityNed.z) : 0;
  return vector3(
    positionNed.x + velocityNed.x * perMps,
    positionNed.y + velocityNed.y * perMps,
    positionNed.z - climbM,
  );
};
