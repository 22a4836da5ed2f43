import { MavMissionType } from 'mavlink-mappings/dist/lib/common.js';
import type { PlanItem } from './plan-item.ts';

/** MAV_MISSION_TYPE of the three plans that PX4 stores. */
export type PlanKind = MavMissionType.MISSION | MavMissionType.FENCE | MavMissionType.RALLY;

export const isPlanKind = (type: number): type is PlanKind => type >= 0 && type <= 2;

/** Most items by kind: of a mission as many as the wire can count (SITL), 64 fence points, 32 rally points. */
export const MOST_ITEMS: Readonly<Record<PlanKind, number>> = {
  [MavMissionType.MISSION]: 65_534,
  [MavMissionType.FENCE]: 64,
  [MavMissionType.RALLY]: 32,
};

interface Plan {
  readonly items: readonly PlanItem[];
  /** The opaque id; 0 when there is nothing. */
  readonly id: number;
  /** Counts changes, so that readers know when to read again. */
  readonly revision: number;
}

const nothing: Plan = { items: [], id: 0, revision: 0 };

/** The plans that one vehicle keeps: mission, fence and rally points. Shared by all its links. */
export class PlanStore {
  /** An upload is under way on some link: another link's is refused. */
  uploading = false;
  /** The item of the mission that is flown, or would be. */
  currentSeq = 0;
  /** Counts what changes {@link currentSeq} from outside: a new mission, or a ground station's wish. */
  jumps = 0;
  readonly #plans: [Plan, Plan, Plan] = [nothing, nothing, nothing];

  plan(kind: PlanKind): Plan {
    return this.#plans[kind];
  }

  get mission(): Plan {
    return this.#plans[MavMissionType.MISSION];
  }

  get fence(): Plan {
    return this.#plans[MavMissionType.FENCE];
  }

  get rally(): Plan {
    return this.#plans[MavMissionType.RALLY];
  }

  /**
   * Stores a whole plan. One with the id of the plan that is there changes nothing, as in PX4.
   *
   * @param markedSeq the item of a mission that came marked as current; −1: none was.
   */
  replace(kind: PlanKind, items: readonly PlanItem[], id: number, markedSeq: number): void {
    const { id: before, revision } = this.#plans[kind];
    if (id === before && items.length > 0) return;
    this.#plans[kind] = { items, id, revision: revision + 1 };
    if (kind !== MavMissionType.MISSION) return;
    const kept = Math.max(0, Math.min(this.currentSeq, items.length - 1));
    this.setCurrent(markedSeq >= 0 ? markedSeq : kept);
  }

  clear(kind: PlanKind): void {
    this.replace(kind, [], 0, 0);
  }

  /** A wish from outside: an item to go on with. The caller has checked that it is in the list. */
  setCurrent(seq: number): void {
    this.currentSeq = seq;
    this.jumps += 1;
  }
}
