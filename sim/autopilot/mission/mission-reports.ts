import { MissionCurrent, MissionItemReached } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { Profile } from '../parameters.ts';
import type { MissionProgress } from './mission-progress.ts';
import type { PlanStore } from './plan-store.ts';

/** The link's loop of 10 ms makes 1.01–1.02 s of a second. */
const PERIOD_MS = 1012;
const REACHED_REPEATS = 10;
/** MISSION_CURRENT.total when there is no mission. */
const NO_TOTAL = 65_535;

/** MISSION_STATE. */
const STATE = { unknown: 0, none: 1, notStarted: 2, active: 3, paused: 4, complete: 5 } as const;

/** Modes in which MISSION_CURRENT.mission_mode says "in mission mode" (1.18). */
const MISSION_MODES: ReadonlySet<FlightMode> = new Set<FlightMode>([
  'AUTO_MISSION',
  'AUTO_TAKEOFF',
  'AUTO_LAND',
]);

export interface MissionReportsPorts {
  profile: Profile;
  plans: PlanStore;
  progress: MissionProgress;
  mode: () => FlightMode;
  send: (message: MavLinkData) => void;
}

/**
 * MISSION_CURRENT once a second and when it changes in flight; MISSION_ITEM_REACHED at once and then
 * ten times more, a second apart. One for each link.
 */
export class MissionReports {
  readonly #ports: MissionReportsPorts;
  readonly #current = new MissionCurrent();
  readonly #reached = new MissionItemReached();
  #dueMs = 0;
  #toldSeq = 0;
  #toldReached = -1;
  #repeats = 0;

  constructor(ports: MissionReportsPorts) {
    this.#ports = ports;
  }

  step(nowMs: number): void {
    const { plans, progress } = this.#ports;
    const news = this.#toldSeq !== plans.currentSeq || this.#toldReached !== progress.reachedSeq;
    if (news) {
      this.#tellNews();
    } else if (nowMs >= this.#dueMs) {
      this.#dueMs = nowMs + PERIOD_MS;
      this.#tellCurrent();
      if (plans.mission.items.length > 0 && progress.reachedSeq >= 0) this.#repeatReached();
    }
  }

  #tellNews(): void {
    const { plans, progress } = this.#ports;
    if (this.#toldSeq !== plans.currentSeq) {
      this.#toldSeq = plans.currentSeq;
      // A mission that was just uploaded waits for the next second's report.
      if (progress.reachedSeq >= 0) this.#tellCurrent();
    }
    if (this.#toldReached === progress.reachedSeq) return;
    this.#toldReached = progress.reachedSeq;
    this.#repeats = 0;
    if (progress.reachedSeq >= 0) this.#tellReached();
  }

  #repeatReached(): void {
    if (this.#repeats >= REACHED_REPEATS) return;
    this.#repeats += 1;
    this.#tellReached();
  }

  #tellReached(): void {
    this.#reached.seq = this.#ports.progress.reachedSeq;
    this.#ports.send(this.#reached);
  }

  #tellCurrent(): void {
    const { plans, profile, mode, send } = this.#ports;
    const message = this.#current;
    message.seq = plans.currentSeq;
    message.total = plans.mission.items.length || NO_TOTAL;
    message.missionId = plans.mission.id;
    message.fenceId = plans.fence.id;
    message.rallyPointsId = plans.rally.id;
    // v1.15 leaves both at 0.
    const active = MISSION_MODES.has(mode());
    message.missionMode = profile === '1.15' ? 0 : active ? 1 : 2;
    message.missionState = profile === '1.15' ? STATE.unknown : this.#state(active);
    send(message);
  }

  #state(active: boolean): number {
    const { plans, progress } = this.#ports;
    if (plans.mission.items.length === 0 || !progress.valid) return STATE.none;
    if (progress.finished) return STATE.complete;
    if (active) return STATE.active;
    return progress.reachedSeq >= 0 ? STATE.paused : STATE.notStarted;
  }
}
