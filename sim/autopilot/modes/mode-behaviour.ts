import type { FlightMode } from '#protocols/mavlink/modes.ts';
import type { FlightSetpoint } from '../control/flight-setpoint.ts';
import type { Situation } from '../situation.ts';

/** How one flight mode flies: it is entered, then asked for a setpoint at 50 Hz. */
export interface ModeBehaviour {
  /** @param from the mode before. */
  enter(situation: Situation, from: FlightMode): void;
  /** `out` comes cleared: whatever is not written is not commanded. */
  step(dtS: number, situation: Situation, out: FlightSetpoint): void;
  /** Its task is done; the commander then goes to LOITER. */
  readonly finished: boolean;
  /** The part in which EXTENDED_SYS_STATE says "landing". */
  readonly landing: boolean;
  /** The vehicle should leave the ground when it is on it. */
  readonly wantsTakeoff: boolean;
  /** Where it is going is a place to stay: LOITER, entered from here, goes on to it. */
  readonly staying?: boolean;
}
