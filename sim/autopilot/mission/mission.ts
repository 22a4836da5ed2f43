import { MavCmd } from 'mavlink-mappings/dist/lib/common.js';
import type { Geodetic } from '#protocols/frames.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { NoticeBoard } from '../notice-board.ts';
import type { Situation } from '../situation.ts';
import { isFlownTo, whyInfeasible } from './mission-feasibility.ts';
import { MissionProgress } from './mission-progress.ts';
import { isRelative, type PlanItem } from './plan-item.ts';
import type { PlanStore } from './plan-store.ts';

/** PX4 follows at most so many jumps in a row. */
const JUMPS_MOST = 10;

/**
 * The mission as the navigator sees it: whether it may be flown, which item comes next, and where the
 * items lie. What a vehicle does at an item is the mode's business.
 */
export class Mission {
  readonly progress = new MissionProgress();
  readonly #plans: PlanStore;
  readonly #localOf: (position: Geodetic) => Vector3;
  readonly #notices: NoticeBoard;
  /** How often each DO_JUMP was followed, by its index. */
  readonly #jumped = new Map<number, number>();
  #checkedRevision = -1;
  #checkedHome = false;

  constructor(plans: PlanStore, localOf: (position: Geodetic) => Vector3, notices: NoticeBoard) {
    this.#plans = plans;
    this.#localOf = localOf;
    this.#notices = notices;
  }

  get currentSeq(): number {
    return this.#plans.currentSeq;
  }

  get items(): readonly PlanItem[] {
    return this.#plans.mission.items;
  }

  get rallyItems(): readonly PlanItem[] {
    return this.#plans.rally.items;
  }

  get current(): PlanItem | undefined {
    return this.#plans.mission.items[this.#plans.currentSeq];
  }

  /** Counts what changed the mission from outside: an upload, a clear, MISSION_SET_CURRENT. */
  get changes(): number {
    return this.#plans.jumps;
  }

  /** Checks a new mission once home is known. Cheap when nothing changed. */
  refresh(situation: Situation): void {
    const { items, revision } = this.#plans.mission;
    if (revision === this.#checkedRevision && situation.homeKnown === this.#checkedHome) return;
    if (revision !== this.#checkedRevision) {
      this.progress.reachedSeq = -1;
      this.progress.finished = false;
      this.#jumped.clear();
    }
    this.#checkedRevision = revision;
    this.#checkedHome = situation.homeKnown;
    this.progress.valid = false;
    if (items.length === 0 || !situation.homeKnown) return;
    const { positionNed } = situation.motion;
    const refusal = whyInfeasible(items, situation, (item) => {
      const { x, y } = this.placeOf(item, situation);
      return Math.sqrt((x - positionNed.x) ** 2 + (y - positionNed.y) ** 2);
    });
    if (refusal === undefined) this.progress.valid = true;
    else this.#notices.complain(refusal.text, refusal.event);
  }

  /** Where an item lies, local NED. */
  placeOf(item: PlanItem, situation: Situation): Vector3 {
    const [, , , , latDeg, lonDeg, altitudeM] = item.params;
    const { x, y, z } = this.#localOf({ latDeg, lonDeg, altAmslM: altitudeM });
    return vector3(x, y, isRelative(item) ? situation.homeNed.z - altitudeM : z);
  }

  /** The next place to fly to after the present item, jumps left aside; undefined: none. */
  placeAfterCurrent(): PlanItem | undefined {
    return this.#plans.mission.items.slice(this.currentSeq + 1).find(isFlownTo);
  }

  /** From the beginning, as after a mission that was flown to its end. */
  restart(): void {
    this.#jumped.clear();
    this.#plans.currentSeq = 0;
  }

  get atLastItem(): boolean {
    return this.currentSeq + 1 >= this.#plans.mission.items.length;
  }

  /** Goes to the next item. False when there is none: the mission is over. */
  advance(): boolean {
    return this.#goTo(this.currentSeq + 1);
  }

  /** Follows the jump that the present item may be. False when that leads nowhere. */
  settle(): boolean {
    return this.#goTo(this.currentSeq);
  }

  #goTo(wantedSeq: number): boolean {
    const { items } = this.#plans.mission;
    let seq = wantedSeq;
    for (let jumps = 0; jumps <= JUMPS_MOST; jumps += 1) {
      const item = items[seq];
      if (item === undefined) return false;
      if (item.command !== MavCmd.DO_JUMP) {
        this.#plans.currentSeq = seq;
        return true;
      }
      const [target, repeats] = item.params;
      const done = this.#jumped.get(seq) ?? 0;
      if (done < repeats && Number.isInteger(target)) {
        this.#jumped.set(seq, done + 1);
        seq = target;
      } else {
        seq += 1;
      }
    }
    return false;
  }
}
