import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { Excitation } from '#sim/flights/excitation.ts';
import { flyFlight } from '#sim/flights/fly.ts';
import { randomConditions } from '#sim/flights/randomise.ts';
import { OBSERVATION, STATE } from '#world/spaces.ts';
import { checkFlight, ROW, ROW_SIZE, rowCount } from '#world/train/flight.ts';
import type { Flight } from '#world/train/flight.ts';

const fly = (seed: number, seconds = 40, factor = 1): Flight => {
  const random = seededRandom(seed);
  const excitation = new Excitation(random.fork('excitation'), factor);
  return flyFlight(
    `flight-${seed}`,
    seconds,
    randomConditions(random.fork('conditions')),
    excitation,
    random.fork('flight'),
  );
};

const column = (flight: Flight, index: number): number[] =>
  Array.from({ length: rowCount(flight) }, (_, row) => flight.rows[row * ROW_SIZE + index]!);

describe('a training flight', () => {
  it('is its seed’s, bit for bit', () => {
    expect(fly(3).rows).toEqual(fly(3).rows);
    expect(fly(3).rows).not.toEqual(fly(4).rows);
  });

  it('stays aloft, finite, and within what a multirotor can do', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const flight = fly(seed);
      checkFlight(flight);
      expect(rowCount(flight)).toBe(400);
      const heights = column(flight, ROW.state + STATE.position + 2).map((down) => -down);
      expect(Math.min(...heights)).toBeGreaterThan(2);
      expect(Math.max(...heights)).toBeLessThan(80);
      const speeds = column(flight, ROW.state + STATE.velocity).map(Math.abs);
      expect(Math.max(...speeds)).toBeLessThan(20);
      const thrusts = column(flight, ROW.observation + OBSERVATION.thrust);
      expect(Math.min(...thrusts)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...thrusts)).toBeLessThanOrEqual(1);
    }
  });

  it('answers its setpoints: velocity moves towards what was asked a second ago', () => {
    let [same, all] = [0, 0];
    // What one flight asks for is drawn: it may hardly ever ask for one speed for a second.
    for (const flight of [5, 6, 7, 8, 9].map((seed) => fly(seed, 60))) {
      const speeds = column(flight, ROW.state + STATE.velocity);
      const asked = column(flight, ROW.action);
      for (let row = 10; row < speeds.length; row += 1) {
        const wanted = asked[row - 10]!;
        if (asked.slice(row - 10, row).some((value) => value !== wanted)) continue;
        const [before, after] = [
          Math.abs(wanted - speeds[row - 10]!),
          Math.abs(wanted - speeds[row]!),
        ];
        if (before < 2) continue;
        all += 1;
        if (after < before) same += 1;
      }
    }
    expect(all).toBeGreaterThan(20);
    expect(same / all).toBeGreaterThan(0.9);
  });

  it('leaves the nominal range when it is excited three times as much', () => {
    const fastest = (factor: number): number =>
      Math.max(...column(fly(6, 40, factor), ROW.action).map(Math.abs));
    expect(fastest(1)).toBeLessThanOrEqual(10);
    expect(fastest(3)).toBeGreaterThan(15);
  });
});
