import type { Geodetic } from '#protocols/frames.ts';
import { containsPoint, type GroundPoint } from '#protocols/polygon.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { PlanItem } from '../mission/plan-item.ts';
import type { PlanStore } from '../mission/plan-store.ts';
import { heightAboveHomeM, type Situation } from '../situation.ts';
import { fenceAreasOf, type FenceArea } from './fence-areas.ts';

/** PX4 looks at the fence five times a second. */
const PERIOD_S = 0.2;
const GF_ACTION_NONE = 0;

/**
 * PX4's geofence: the uploaded areas, GF_MAX_HOR_DIST and GF_MAX_VER_DIST. An area that does not
 * admit home, or the vehicle that flies, is left out as soon as it comes.
 */
export class Geofence {
  /** The vehicle is outside, and GF_ACTION is not "none". */
  breached = false;
  /** Where the breach was noticed, local NED: what Hold goes back to. */
  readonly breachNed: Vector3 = vector3(0, 0, 0);
  readonly #plans: PlanStore;
  readonly #localOf: (position: Geodetic) => Vector3;
  readonly #say: (text: string) => void;
  #areas: readonly FenceArea[] = [];
  #revision = 0;
  #dueS = 0;

  constructor(
    plans: PlanStore,
    localOf: (position: Geodetic) => Vector3,
    say: (text: string) => void,
  ) {
    this.#plans = plans;
    this.#localOf = localOf;
    this.#say = say;
  }

  step(situation: Situation): void {
    const { timeS, homeKnown, aligned, parameters, motion } = situation;
    if (!aligned || timeS < this.#dueS) return;
    this.#dueS = timeS + PERIOD_S;
    // Home decides which areas hold: wait for it.
    if (homeKnown && this.#plans.fence.revision !== this.#revision) this.#load(situation);
    const before = this.breached;
    const acts = parameters.get('GF_ACTION') !== GF_ACTION_NONE;
    this.breached = acts && homeKnown && this.#isOutside(situation);
    if (this.breached && !before) Object.assign(this.breachNed, motion.positionNed);
  }

  #load(situation: Situation): void {
    const { items, revision } = this.#plans.fence;
    const { homeNed, motion, landed, parameters } = situation;
    this.#revision = revision;
    this.#areas = fenceAreasOf(items).filter((area) => {
      if (!this.#admits(area, homeNed)) {
        this.#say("Geofence invalid, doesn't contain Home position");
        return false;
      }
      const flies = !landed && parameters.get('GF_ACTION') !== GF_ACTION_NONE;
      if (!flies || this.#admits(area, motion.positionNed)) return true;
      this.#say("Geofence invalid, doesn't contain current vehicle position");
      return false;
    });
  }

  #isOutside(situation: Situation): boolean {
    const { motion, homeNed, parameters } = situation;
    const { x, y } = motion.positionNed;
    const farM = parameters.get('GF_MAX_HOR_DIST');
    const highM = parameters.get('GF_MAX_VER_DIST');
    const gapM = Math.sqrt((x - homeNed.x) ** 2 + (y - homeNed.y) ** 2);
    if (farM > 0 && !(gapM < farM)) return true;
    if (highM > 0 && !(heightAboveHomeM(situation) < highM)) return true;
    return this.#areas.some((area) => !this.#admits(area, motion.positionNed));
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
