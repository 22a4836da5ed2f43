import {
  MavCmd,
  MavFrame,
  MavMissionResult,
  MavMissionType,
  type MissionItem,
  type MissionItemInt,
} from 'mavlink-mappings/dist/lib/common.js';
import { nextPlanId } from './plan-id.ts';
import { hasPlace, planItemOf, type PlanItem } from './plan-item.ts';
import { isPlanKind, type PlanStore } from './plan-store.ts';

/** Fewer points are no polygon. */
const POLYGON_LEAST = 3;

const POLYGON: ReadonlySet<number> = new Set([
  MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION,
  MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
]);

/** Commands that belong into the other plans. */
const NO_MISSION: ReadonlySet<number> = new Set([
  ...POLYGON,
  MavCmd.NAV_FENCE_CIRCLE_INCLUSION,
  MavCmd.NAV_FENCE_CIRCLE_EXCLUSION,
  MavCmd.NAV_RALLY_POINT,
]);

/**
 * The item as the plan of this type keeps it, undefined when it may not be in it. Of a fence point
 * PX4 forgets the frame: it comes back as above mean sea level, and not to be continued.
 */
const storable = (item: PlanItem, type: number): PlanItem | undefined => {
  if (type === MavMissionType.MISSION) return NO_MISSION.has(item.command) ? undefined : item;
  if (type !== MavMissionType.FENCE) return item;
  const vertices = Math.floor(item.params[0] + 0.5);
  if (POLYGON.has(item.command) && !(vertices >= POLYGON_LEAST)) return undefined;
  return {
    ...item,
    frame: hasPlace(item) ? MavFrame.GLOBAL_INT : item.frame,
    autocontinue: false,
  };
};

/** One upload: its items so far. Takes effect as a whole by {@link PlanUpload.store}. */
export class PlanUpload {
  /** MAV_MISSION_TYPE; a number that MAVLink does not define leads nowhere. */
  readonly type: number;
  readonly count: number;
  id = 0;
  readonly #items: PlanItem[] = [];
  #markedSeq = -1;

  constructor(type: number, count: number) {
    this.type = type;
    this.count = count;
  }

  /** Index of the item that is wanted next. */
  get nextSeq(): number {
    return this.#items.length;
  }

  get complete(): boolean {
    return this.#items.length === this.count;
  }

  /** Takes the next item; anything but ACCEPTED ends the upload. */
  take(message: MissionItem | MissionItemInt): MavMissionResult {
    const parsed = planItemOf(message);
    if (typeof parsed === 'number') return parsed;
    const item = storable(parsed, this.type);
    if (item === undefined) return MavMissionResult.ERROR;
    this.id = nextPlanId(this.id, message);
    if (message.current !== 0) this.#markedSeq = message.seq;
    this.#items.push(item);
    return MavMissionResult.ACCEPTED;
  }

  store(plans: PlanStore): void {
    if (isPlanKind(this.type)) plans.replace(this.type, this.#items, this.id, this.#markedSeq);
  }
}
