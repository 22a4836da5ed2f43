import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Vector3 } from '#protocols/vector.ts';
import { isFlownTo } from '../mission/mission-feasibility.ts';
import type { Mission } from '../mission/mission.ts';
import type { PlanItem } from '../mission/plan-item.ts';
import type { Situation } from '../situation.ts';

/** A place to return to or by: an item of a plan, or home. */
export type ReturnPlace = PlanItem | 'home' | 'here';

/** How RTL goes back. */
export interface ReturnPlan {
  /** Where it lands. */
  readonly end: ReturnPlace;
  /** Places on the way there, in order. */
  readonly by: readonly ReturnPlace[];
  /** Whether the way begins with a climb to the height of return, above {@link end}. */
  readonly climbs: boolean;
  /** The landing belongs to a mission: no stop at RTL_DESCEND_ALT, no RTL_LAND_DELAY. */
  readonly landsAtOnce: boolean;
}

/** A rally point as near to home as this is home. */
const SAME_AS_HOME_M = 10;
/** One destination must be nearer than another by so much to be preferred. */
const CLEARLY_M = 2;

/** RTL_TYPE; v1.15 knows those up to 3. */
const TYPE = {
  nearest: 0,
  notHome: 1,
  missionPath: 2,
  nearestOfAll: 3,
  shorterMissionPath: 4,
  rallyOnly: 5,
} as const;

const direct = (end: ReturnPlace): ReturnPlan => ({
  end,
  by: [],
  climbs: true,
  landsAtOnce: false,
});

/** Local NED of a place. */
export const placeOfReturn = (
  place: ReturnPlace,
  mission: Mission,
  situation: Situation,
): Readonly<Vector3> => {
  if (place === 'home') return situation.homeNed;
  return place === 'here' ? situation.motion.positionNed : mission.placeOf(place, situation);
};

interface Landing {
  /** Index of the marker, or of the landing itself. */
  startSeq: number;
  landSeq: number;
}

const landingOf = (items: readonly PlanItem[]): Landing | undefined => {
  const landSeq = items.findIndex(({ command }) => command === MavCmd.NAV_LAND);
  if (landSeq < 0) return undefined;
  const marker = items.findIndex(({ command }) => command === MavCmd.DO_LAND_START);
  return { startSeq: marker >= 0 && marker < landSeq ? marker : landSeq, landSeq };
};

/**
 * Plans returns: by RTL_TYPE straight to the nearest allowed of home, rally points and a mission's
 * landing, or along the mission (PX4's documentation of Return mode). A mission that may not be flown
 * counts as none.
 */
export class ReturnPlanner {
  readonly #mission: Mission;

  constructor(mission: Mission) {
    this.#mission = mission;
  }

  placeOf(place: ReturnPlace, situation: Situation): Readonly<Vector3> {
    return placeOfReturn(place, this.#mission, situation);
  }

  /** @param from the mode that RTL replaces: a mission under way is gone on with from where it is. */
  plan(situation: Situation, from: FlightMode): ReturnPlan {
    const asked = situation.parameters.get('RTL_TYPE');
    const known = situation.profile === '1.15' ? TYPE.nearestOfAll : TYPE.rallyOnly;
    const type = asked <= known ? asked : TYPE.nearest;
    const items = situation.missionValid ? this.#mission.items : [];
    const landing = landingOf(items);
    if (type === TYPE.missionPath || type === TYPE.shorterMissionPath) {
      if (items.length === 0) return direct('home');
      const seq = this.#mission.currentSeq;
      const back = type === TYPE.shorterMissionPath && (landing?.startSeq ?? 0) - seq >= seq;
      const onward = landing !== undefined && !back;
      return onward
        ? this.#onward(landing, situation, from)
        : this.#backward(landing, situation, from);
    }
    return this.#straight(type, landing, situation);
  }

  /** Straight to the nearest of what the type allows. */
  #straight(type: number, landing: Landing | undefined, situation: Situation): ReturnPlan {
    const { rallyItems, items } = this.#mission;
    let best = direct(type === TYPE.rallyOnly ? 'here' : 'home');
    const homeCounts = type !== TYPE.notHome && type !== TYPE.rallyOnly;
    let bestM = homeCounts ? this.#distanceM('home', situation) : Number.POSITIVE_INFINITY;
    const prefer = (place: PlanItem, plan: () => ReturnPlan): void => {
      const distanceM = this.#distanceM(place, situation);
      if (!(distanceM + CLEARLY_M < bestM)) return;
      bestM = distanceM;
      best = plan();
    };
    if (landing !== undefined && (type === TYPE.notHome || type === TYPE.nearestOfAll)) {
      const by = items.slice(landing.startSeq, landing.landSeq).filter(isFlownTo);
      const end = items[landing.landSeq]!;
      prefer(end, () => ({ end, by, climbs: true, landsAtOnce: true }));
    }
    for (const point of rallyItems) {
      if (point.command !== MavCmd.NAV_RALLY_POINT) continue;
      const isHome = gapM(this.placeOf(point, situation), situation.homeNed) <= SAME_AS_HOME_M;
      if (!isHome || type === TYPE.rallyOnly) prefer(point, () => direct(point));
    }
    return best;
  }

  /** Along the mission to its landing. Jumps and whatever is not a place are passed over. */
  #onward(landing: Landing, situation: Situation, from: FlightMode): ReturnPlan {
    const { items, currentSeq } = this.#mission;
    const flown = from === 'AUTO_MISSION';
    const first = flown ? currentSeq : this.#nearestSeq(landing, situation);
    const by = items.slice(first, landing.landSeq).filter(isFlownTo);
    return { end: items[landing.landSeq]!, by, climbs: !flown, landsAtOnce: true };
  }

  /** Back the way it came, then home. */
  #backward(landing: Landing | undefined, situation: Situation, from: FlightMode): ReturnPlan {
    const { items, currentSeq } = this.#mission;
    const flown = from === 'AUTO_MISSION';
    const last = flown ? currentSeq - 1 : this.#nearestSeq(landing, situation);
    const by = items.slice(0, last + 1).filter((item) => isFlownTo(item) && !isLanding(item));
    return { end: 'home', by: by.reverse(), climbs: false, landsAtOnce: false };
  }

  #nearestSeq(landing: Landing | undefined, situation: Situation): number {
    const { items } = this.#mission;
    const end = landing?.landSeq ?? items.length;
    let nearest = end;
    let nearestM = Number.POSITIVE_INFINITY;
    for (const [seq, item] of items.slice(0, end).entries()) {
      const distanceM = isFlownTo(item) ? this.#distanceM(item, situation) : Number.NaN;
      if (!(distanceM < nearestM)) continue;
      nearest = seq;
      nearestM = distanceM;
    }
    return nearest;
  }

  #distanceM(place: ReturnPlace, situation: Situation): number {
    return gapM(this.placeOf(place, situation), situation.motion.positionNed);
  }
}

const isLanding = ({ command }: PlanItem): boolean => command === MavCmd.NAV_LAND;

const gapM = (one: Readonly<Vector3>, other: Readonly<Vector3>): number =>
  Math.sqrt((one.x - other.x) ** 2 + (one.y - other.y) ** 2);
