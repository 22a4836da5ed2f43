import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import { NAVIGATOR_EVENTS } from '../events/event-kinds.ts';
import type { RaisedEvent } from '../events/raised-event.ts';
import type { Situation } from '../situation.ts';
import { hasPlace, isRelative, type PlanItem } from './plan-item.ts';

/** Commands that PX4 takes in an upload but does not fly: the whole mission is invalid with one. */
const NOT_FLOWN: ReadonlySet<number> = new Set([
  MavCmd.NAV_ROI,
  MavCmd.CONDITION_DELAY,
  MavCmd.CONDITION_DISTANCE,
  MavCmd.DO_SET_ACTUATOR,
  MavCmd.COMPONENT_ARM_DISARM,
  MavCmd.NAV_FENCE_RETURN_POINT,
]);

/** Places for the camera to look at: the vehicle does not fly there. */
const LOOKED_AT: ReadonlySet<number> = new Set([MavCmd.DO_SET_ROI, MavCmd.DO_SET_ROI_LOCATION]);

/** Whether an item is a place to fly to. */
export const isFlownTo = (item: PlanItem): boolean =>
  hasPlace(item) && !LOOKED_AT.has(item.command) && item.command !== MavCmd.CONDITION_GATE;

/** Commands before a take-off that do not count as a waypoint. */
const mayComeBeforeTakeoff = (item: PlanItem): boolean =>
  !isFlownTo(item) && item.command !== MavCmd.NAV_RETURN_TO_LAUNCH;

const takeoffFits = (item: PlanItem, situation: Situation): boolean => {
  const homeAltAmslM = situation.originAltAmslM - situation.homeNed.z;
  const heightM = isRelative(item) ? item.params[6] : item.params[6] - homeAltAmslM;
  return heightM - 1 >= situation.parameters.get('NAV_ACC_RAD');
};

/** Why a mission is not flown. */
interface Refusal {
  text: string;
  event: RaisedEvent;
}

/**
 * Why PX4 would not fly a mission: its refusal, undefined when it would. The upload of
 * such a mission is acknowledged all the same.
 *
 * @param distanceM horizontal distance from the vehicle to an item's place.
 */
export const whyInfeasible = (
  items: readonly PlanItem[],
  situation: Situation,
  distanceM: (item: PlanItem) => number,
): Refusal | undefined => {
  const { parameters, landed } = situation;
  let placed = false;
  for (const [index, item] of items.entries()) {
    const { command } = item;
    if (NOT_FLOWN.has(command)) {
      return {
        text: `Mission rejected: item ${index + 1}: unsupported cmd: ${command}`,
        event: NAVIGATOR_EVENTS.unsupportedItem(index + 1, command),
      };
    }
    if (index === 0 && command === MavCmd.NAV_LAND && landed) {
      const event = NAVIGATOR_EVENTS.startsWithLanding();
      return { text: 'Mission rejected: starts with landing', event };
    }
    if (command === MavCmd.NAV_TAKEOFF) {
      if (!takeoffFits(item, situation)) {
        const event = NAVIGATOR_EVENTS.takeoffTooLow(parameters.get('NAV_ACC_RAD') + 1);
        return { text: 'Mission rejected: Takeoff altitude too low!', event };
      }
      if (placed) {
        const event = NAVIGATOR_EVENTS.takeoffNotFirst();
        return { text: 'Mission rejected: takeoff not first waypoint item', event };
      }
    }
    if (!mayComeBeforeTakeoff(item)) placed = true;
  }
  const first = items.find(isFlownTo);
  // v1.18 has no such limit.
  const limitM = parameters.find('MIS_DIST_1WP') ?? 0;
  // Negated so that a distance that is no number is too far.
  if (first !== undefined && limitM > 0 && !(distanceM(first) <= limitM)) {
    const farM = Math.round(distanceM(first));
    const event = NAVIGATOR_EVENTS.firstTooFar(farM, limitM);
    return { text: `First waypoint too far away: ${farM}m`, event };
  }
  return undefined;
};
