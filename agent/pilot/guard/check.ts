import type { Vector3 } from '#protocols/vector.ts';
import type { GuardAction } from './action.ts';
import type { HalfSpaces } from './half-spaces.ts';
import type { Limits } from './limits.ts';
import type { Situation } from './situation.ts';

/** A check that may take the flight away from the plan. It may keep timers, and forgets them on the ground. */
export interface Watch {
  /** Stands in the verdict's reasons. */
  readonly name: string;
  /** The least severe action that is good enough now; `pass` when there is nothing to say. */
  assess(situation: Readonly<Situation>): GuardAction;
  /** A new flight begins. */
  reset?(): void;
}

/** What a boundary is measured against: where the last setpoint leads if the vehicle is to stop. */
export interface Motion {
  positionNed: Readonly<Vector3>;
  velocityNed: Readonly<Vector3>;
  /** Way to rest under the last setpoint, m (stopping.ts). */
  stopNed: Vector3;
  /** The last setpoint, shortened as far as this tick allows, m/s. */
  brakeNed: Vector3;
  /** Bound on the error of the position, m. */
  positionErrorM: number;
  /** No setpoint of this tick is faster, m/s. */
  fastestMps: number;
  /** s: what a setpoint is multiplied by to give its way to rest, for the fastest. */
  stopS: number;
  /** Deceleration that stopping counts on, m/s². */
  brakingMps2: number;
}

/** A check that bounds the velocity by half-spaces; it may also lean on `wanted` to break a tie. */
export interface Boundary {
  readonly name: string;
  bound(
    situation: Readonly<Situation>,
    limits: Limits,
    motion: Readonly<Motion>,
    planes: HalfSpaces,
    wanted: Vector3,
  ): void;
}
