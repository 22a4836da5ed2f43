import { MavSeverity } from 'mavlink-mappings/dist/lib/common.js';
import type { Geodetic } from '#protocols/frames.ts';
import type { Vector3 } from '#protocols/vector.ts';
import { Geofence } from './geofence/geofence.ts';
import { Mission } from './mission/mission.ts';
import type { PlanStore } from './mission/plan-store.ts';
import type { Situation } from './situation.ts';

interface Text {
  severity: MavSeverity;
  text: string;
}

/** More than so many lines between two steps are a flood, which nobody reads. */
const TEXTS_MOST = 16;

/** What PX4's navigator keeps besides the modes: the mission and the geofence made of the stored plans. */
export class Navigator {
  readonly plans: PlanStore;
  readonly mission: Mission;
  readonly geofence: Geofence;
  readonly #texts: Text[] = [];

  /** @param localOf the vehicle's local NED of a WGS-84 position. */
  constructor(plans: PlanStore, localOf: (position: Geodetic) => Vector3) {
    const complain = (text: string): void => this.say(MavSeverity.CRITICAL, text);
    this.plans = plans;
    this.mission = new Mission(plans, localOf, complain);
    this.geofence = new Geofence(plans, localOf, complain);
  }

  /** Writes into `situation` whether there is a mission to fly and whether the fence is breached. */
  step(situation: Situation): void {
    this.mission.refresh(situation);
    this.geofence.step(situation);
    situation.missionValid = this.mission.progress.valid;
    situation.geofenceBreached = this.geofence.breached;
  }

  /** A line for the people at the ground station. */
  say(severity: MavSeverity, text: string): void {
    if (this.#texts.length < TEXTS_MOST) this.#texts.push({ severity, text });
  }

  /** The lines since the last call. */
  takeTexts(): Text[] {
    return this.#texts.splice(0);
  }
}
