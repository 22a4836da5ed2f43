import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { HISTORY_STEPS } from '#world/spaces.ts';
import { makeDataset, normalisationOf, splitFlights } from '#world/train/dataset.ts';
import { ROW_SIZE, rowCount } from '#world/train/flight.ts';
import { syntheticFlights } from './synthetic-flights.ts';

const VEHICLE = { ratePerS: 2, gain: 1, windMps: 0, noiseMps: 0.05 };

describe('a split', () => {
  const flights = syntheticFlights(25, 3, VEHICLE);

  it('shares no flight and loses none', () => {
    const split = splitFlights(flights, seededRandom(1));
    const parts = [split.train, split.validate, split.calibrate, split.test];
    const ids = parts.flatMap((part) => part.map((flight) => flight.id));
    expect(ids.toSorted()).toEqual(flights.map((flight) => flight.id).toSorted());
    expect(parts.map((part) => part.length)).toEqual([15, 2, 4, 4]);
  });

  it('is the seed’s', () => {
    const idsOf = (seed: number): string[] =>
      splitFlights(flights, seededRandom(seed)).test.map(({ id }) => id);
    expect(idsOf(4)).toEqual(idsOf(4));
    expect(idsOf(4)).not.toEqual(idsOf(5));
  });

  it('of three flights is refused', () => {
    expect(() => splitFlights(flights.slice(0, 3), seededRandom(1))).toThrow(/cannot be split/);
  });
});

describe('a dataset', () => {
  const HORIZON = 5;
  const flights = [...syntheticFlights(3, 4, VEHICLE), ...syntheticFlights(1, 1, VEHICLE, 9)];

  it('has no window that spans two flights, and leaves out what is too short', () => {
    const dataset = makeDataset(flights, HORIZON);
    const perFlight = 40 - (HISTORY_STEPS + HORIZON) + 1;
    expect(dataset.starts.length).toBe(3 * perFlight);
    dataset.starts.forEach((start, window) => {
      const flight = dataset.flightOf[window]!;
      expect(start).toBeGreaterThanOrEqual(40 * flight);
      expect(start + HISTORY_STEPS + HORIZON).toBeLessThanOrEqual(40 * (flight + 1));
    });
  });

  it('refuses rows that are not numbers, naming flight, row and column', () => {
    const [first] = flights;
    const rows = first!.rows.slice();
    rows[7 * ROW_SIZE + 2] = Number.NaN;
    expect(() => makeDataset([{ id: 'bad', rows }], HORIZON)).toThrow(/flight bad: column 2/);
    expect(() => makeDataset([{ id: 'torn', rows: rows.slice(0, 100) }], HORIZON)).toThrow(/torn/);
    expect(rowCount(first!)).toBe(40);
  });

  it('measures scales, and never divides by a column that stands still', () => {
    const normalisation = normalisationOf(makeDataset(syntheticFlights(20, 20, VEHICLE), HORIZON));
    expect(normalisation.observationMean[9]).toBeCloseTo(15, 3);
    expect(Math.min(...normalisation.observationDeviation)).toBeGreaterThan(0);
    // Setpoints of 3 m/s, followed to a share of 1 − e^(−0.2) a step.
    expect(normalisation.changeDeviation[0]).toBeGreaterThan(0.1);
    expect(normalisation.changeDeviation[0]).toBeLessThan(0.6);
    expect(normalisation.changeDeviation[1]).toBe(normalisation.changeDeviation[0]);
  });
});
