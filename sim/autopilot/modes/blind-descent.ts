import type { AutoTrajectory } from '../auto-trajectory.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { Situation } from '../situation.ts';
import type { ModeBehaviour } from './mode-behaviour.ts';

/** Seen in recordings of v1.15.4: 0.6–0.9 m/s. */
const SINK_MPS = 0.85;

/** What v1.15 does in POSCTL when a failsafe put it there and there is no radio: sink until the ground. */
export class BlindDescent implements ModeBehaviour {
  readonly finished = false;
  readonly landing = false;
  readonly wantsTakeoff = false;
  readonly #trajectory: AutoTrajectory;

  constructor(trajectory: AutoTrajectory) {
    this.#trajectory = trajectory;
  }

  enter(situation: Situation): void {
    this.#trajectory.begin(situation.motion);
  }

  step(dtS: number, situation: Situation, out: FlightSetpoint): void {
    this.#trajectory.stepSinking(dtS, situation.motion, out, SINK_MPS);
  }
}
