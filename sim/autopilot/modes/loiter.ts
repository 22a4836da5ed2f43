import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/** Nearer than this the heading stays. */
const FAR_M = 2;

/** AUTO.LOITER (Hold): brake, then stay; after a take-off stay where that one was going. */
export class Loiter implements ModeBehaviour {
  readonly finished = false;
  readonly landing = false;
  readonly wantsTakeoff = false;
  readonly #trajectory: AutoTrajectory;
  #keepTarget = false;

  constructor(trajectory: AutoTrajectory) {
    this.#trajectory = trajectory;
  }

  /** The next {@link enter} goes on to the trajectory's target instead of braking. */
  continueToTarget(): void {
    this.#keepTarget = true;
  }

  enter(situation: Situation): void {
    if (!this.#keepTarget) this.#trajectory.begin(situation.motion);
    this.#keepTarget = false;
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    this.#trajectory.step(dtS, situation.motion, out);
  }

  /**
   * DO_REPOSITION: the point (local NED) and heading to hold. NaN keeps a coordinate; without a
   * heading it looks where it flies, if that is far enough.
   */
  reposition(northM: number, eastM: number, downM: number, yawRad: number): void {
    const { targetNed } = this.#trajectory;
    const onTheWay = this.#trajectory.courseRad(northM, eastM, FAR_M);
    if (Number.isFinite(northM)) targetNed.x = northM;
    if (Number.isFinite(eastM)) targetNed.y = eastM;
    if (Number.isFinite(downM)) targetNed.z = downM;
    if (Number.isFinite(yawRad)) this.#trajectory.targetYawRad = yawRad;
    else if (Number.isFinite(onTheWay)) this.#trajectory.targetYawRad = onTheWay;
  }
}
