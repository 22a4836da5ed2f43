import { Fault } from '#protocols/fault.ts';
import type { Random } from '#protocols/random.ts';
import type { Normalisation } from '../network.ts';
import { HISTORY_STEPS, OBSERVATION_SIZE, STATE } from '../spaces.ts';
import { checkFlight, ROW, ROW_SIZE, rowCount } from './flight.ts';
import type { Flight } from './flight.ts';

/** Flights laid end to end, and where windows may start in them: no window spans two flights. */
export interface Dataset {
  /** [rowCount, ROW_SIZE] row-major. */
  readonly table: Float32Array;
  readonly rows: number;
  /** First rows of all windows of HISTORY_STEPS + `horizon` rows. */
  readonly starts: Int32Array;
  /** Steps that every window can be rolled out for. */
  readonly horizon: number;
  /** Index of the flight that each window is from. */
  readonly flightOf: Int32Array;
  readonly flights: number;
}

/** Flights for learning, for early stopping, for calibration and for the final figures: never shared. */
export interface FlightSplit {
  readonly train: readonly Flight[];
  readonly validate: readonly Flight[];
  readonly calibrate: readonly Flight[];
  readonly test: readonly Flight[];
}

const VALIDATE_SHARE = 0.08;
const CALIBRATE_SHARE = 0.16;
const TEST_SHARE = 0.16;

/** Splits by flight (a window's neighbours are nearly its copies, so a split by window would flatter). */
export const splitFlights = (flights: readonly Flight[], random: Random): FlightSplit => {
  const shuffled = flights.map((flight) => ({ flight, key: random.uniform() }));
  const order = shuffled.toSorted((a, b) => a.key - b.key).map((entry) => entry.flight);
  const take = (share: number): Flight[] =>
    order.splice(0, Math.max(1, Math.round(share * flights.length)));
  const split = {
    validate: take(VALIDATE_SHARE),
    calibrate: take(CALIBRATE_SHARE),
    test: take(TEST_SHARE),
  };
  if (order.length === 0) {
    throw new Fault('too-few-flights', `${flights.length} flights cannot be split four ways`, {
      data: { flights: flights.length },
      remedy: 'fly more: ten flights are the least, fifty are few',
      exit: 'usage',
    });
  }
  return { ...split, train: order };
};

/**
 * @param horizon steps that windows must reach ahead. @param stride take every so-manieth window.
 * Throws Fault `flight-malformed`; flights too short for one window are left out silently.
 */
export const makeDataset = (flights: readonly Flight[], horizon: number, stride = 1): Dataset => {
  flights.forEach(checkFlight);
  const rows = flights.reduce((sum, flight) => sum + rowCount(flight), 0);
  const table = new Float32Array(rows * ROW_SIZE);
  const starts: number[] = [];
  const flightOf: number[] = [];
  let first = 0;
  flights.forEach((flight, index) => {
    table.set(flight.rows, first * ROW_SIZE);
    const last = first + rowCount(flight) - (HISTORY_STEPS + horizon);
    for (let start = first; start <= last; start += stride) {
      starts.push(start);
      flightOf.push(index);
    }
    first += rowCount(flight);
  });
  return {
    table,
    rows,
    starts: Int32Array.from(starts),
    horizon,
    flightOf: Int32Array.from(flightOf),
    flights: flights.length,
  };
};

const momentsOf = (
  count: number,
  valueAt: (index: number) => number,
): { mean: number; deviation: number } => {
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < count; index += 1) {
    const value = valueAt(index);
    sum += value;
    squares += value * value;
  }
  const mean = sum / Math.max(1, count);
  return { mean, deviation: Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean)) };
};

/** A column that never moves (a vehicle without a current sensor) must not divide by zero. */
const LEAST_DEVIATION = 1e-3;

const floored = (deviation: number): number => Math.max(LEAST_DEVIATION, deviation);

/** What the network needs to see its inputs and write its changes at the scale of one. */
export const normalisationOf = (dataset: Dataset): Normalisation => {
  const { table, rows, starts } = dataset;
  const columns = Array.from({ length: OBSERVATION_SIZE }, (_, column) =>
    momentsOf(rows, (row) => table[row * ROW_SIZE + ROW.observation + column]!),
  );
  const cell = (window: number, after: number, column: number): number =>
    table[(starts[window]! + after) * ROW_SIZE + ROW.state + column]!;
  const change = (column: number): number =>
    momentsOf(starts.length, (window) => cell(window, 1, column) - cell(window, 0, column))
      .deviation;
  const [north, east] = [change(STATE.velocity), change(STATE.velocity + 1)];
  // Changes are learned in level body, where flights without a preferred heading vary alike on both axes.
  const horizontal = Math.sqrt((north * north + east * east) / 2);
  const changes = [horizontal, horizontal, change(STATE.velocity + 2), change(STATE.yawRate)];
  const leans = [STATE.tilt, STATE.tilt + 1, STATE.thrust].map(change);
  return {
    observationMean: columns.map(({ mean }) => mean),
    observationDeviation: columns.map(({ deviation }) => floored(deviation)),
    changeDeviation: [...changes, ...leans].map(floored),
  };
};
