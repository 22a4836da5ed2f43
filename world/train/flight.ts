import { assert, Fault } from '#protocols/fault.ts';
import {
  ACTION_SIZE,
  OBSERVATION_SIZE,
  STATE_SIZE,
  STEP_S,
  writeAction,
  writeObservation,
  writeState,
} from '../spaces.ts';
import type { Action, VehicleSample } from '../spaces.ts';

/** One row of a flight: the observation, the state, and the action in force from this row to the next. */
export const ROW = {
  observation: 0,
  state: OBSERVATION_SIZE,
  action: OBSERVATION_SIZE + STATE_SIZE,
} as const;

export const ROW_SIZE = OBSERVATION_SIZE + STATE_SIZE + ACTION_SIZE;

/** A flight as training sees it: rows {@link ROW_SIZE} wide, STEP_S apart, without gaps. */
export interface Flight {
  readonly id: string;
  readonly rows: Float32Array;
}

export const rowCount = (flight: Flight): number => flight.rows.length / ROW_SIZE;

/** Throws Fault `flight-malformed` for rows that are torn or not finite. */
export const checkFlight = (flight: Flight): void => {
  const malformed = (why: string, row: number): Fault =>
    new Fault('flight-malformed', `flight ${flight.id}: ${why}`, {
      data: { flight: flight.id, row },
      remedy: 'leave this flight out, or cut it where its telemetry was interrupted',
      exit: 'usage',
    });
  if (!Number.isInteger(rowCount(flight)))
    throw malformed('the last row is torn', rowCount(flight));
  const bad = flight.rows.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw malformed(`column ${bad % ROW_SIZE} is not a number`, Math.floor(bad / ROW_SIZE));
};

/** Collects the rows of one flight; push once per STEP_S. */
export class FlightLog {
  readonly #rows: Float32Array;
  #count = 0;

  /** @param capacity greatest number of rows, that is seconds / {@link STEP_S}. */
  constructor(capacity: number) {
    this.#rows = new Float32Array(capacity * ROW_SIZE);
  }

  /** @param previous action in force until now. @param next action in force from now on. */
  push(sample: VehicleSample, previous: Action, next: Action): void {
    const offset = this.#count * ROW_SIZE;
    assert(offset < this.#rows.length, `a flight log of ${this.seconds().toFixed(1)} s has room`);
    writeObservation(this.#rows, offset + ROW.observation, sample, previous);
    writeState(this.#rows, offset + ROW.state, sample);
    writeAction(this.#rows, offset + ROW.action, next);
    this.#count += 1;
  }

  seconds(): number {
    return this.#count * STEP_S;
  }

  finish(id: string): Flight {
    return { id, rows: this.#rows.slice(0, this.#count * ROW_SIZE) };
  }
}
