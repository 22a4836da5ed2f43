import type { Geodetic } from '#protocols/frames.ts';
import type { Vector3 } from '#protocols/vector.ts';
import { Geofence } from './geofence/geofence.ts';
import { Mission } from './mission/mission.ts';
import type { PlanStore } from './mission/plan-store.ts';
import type { NoticeBoard } from './notice-board.ts';
import type { Situation } from './situation.ts';

/** What PX4's navigator keeps besides the modes: the mission and the geofence made of the stored plans. */
export class Navigator {
  readonly plans: PlanStore;
  readonly mission: Mission;
  readonly geofence: Geofence;

  /** @param localOf the vehicle's local NED of a WGS-84 position. */
  constructor(plans: PlanStore, localOf: (position: Geodetic) => Vector3, notices: NoticeBoard) {
    this.plans = plans;
    this.mission = new Mission(plans, localOf, notices);
    this.geofence = new Geofence(plans, localOf, notices);
  }

  /** Writes into `situation` whether there is a mission to fly and whether the fence is breached. */
  step(situation: Situation): void {
    this.mission.refresh(situation);
    this.geofence.step(situation);
    situation.missionValid = this.mission.progress.valid;
    situation.geofenceBreached = this.geofence.breached;
  }
}
