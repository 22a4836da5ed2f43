import { describe, expect, test } from 'vitest';

import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { envelopeWith, FlightRig } from './flight-rig.ts';
import { flyAtRandom, type RandomFlight } from './random-flight.ts';

const flyMany = (runs: number, ticks: number, firstSeed: number): RandomFlight[] =>
  Array.from({ length: runs }, (_, run) =>
    flyAtRandom(firstSeed + run, ticks, run % 5 === 0),
  ).filter((result) => result !== undefined);

/** Many flights on a busy machine. */
const PATIENCE_MS = 120_000;

describe('arbitrary plans, bounded estimate errors, any fence', () => {
  test(
    '10,000 short flights break neither fence nor floor, ceiling or envelope',
    () => {
      const results = flyMany(10_000, 40, 1);
      expect(results.length).toBeGreaterThan(6000);
      expect(Math.min(...results.map((result) => result.leastM))).toBeGreaterThan(0);
      expect(results.filter((result) => result.envelopeBroken > 0)).toEqual([]);
      // Even when the companion dies at the end and PX4 flies on for a second.
      expect(Math.min(...results.map((result) => result.afterDeathM))).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  test(
    'nor do long ones',
    () => {
      const results = flyMany(100, 2500, 50_000);
      expect(results.length).toBeGreaterThan(60);
      expect(Math.min(...results.map((result) => result.leastM))).toBeGreaterThan(0);
      expect(results.filter((result) => result.envelopeBroken > 0)).toEqual([]);
      expect(Math.min(...results.map((result) => result.afterDeathM))).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});

describe('at the fence', () => {
  test('a drone slides along it instead of sticking', () => {
    const rig = new FlightRig(envelopeWith(), vector3(60, -60, -20), seededRandom(1));
    for (let tick = 0; tick < 1000; tick += 1) rig.step(vector3(5, 5, 0));
    expect(rig.plant.positionNed.y).toBeGreaterThan(10);
    expect(rig.plant.positionNed.x).toBeLessThan(80);
    expect(rig.plant.positionNed.x).toBeGreaterThan(68);
  });

  test('one that was blown out comes back by itself', () => {
    const rig = new FlightRig(envelopeWith(), vector3(90, 0, -20), seededRandom(2));
    for (let tick = 0; tick < 1500; tick += 1) rig.step(vector3(3, 0, 0));
    expect(rig.plant.positionNed.x).toBeLessThan(80);
  });

  test('the verdict names the fence, and passes what is well inside', () => {
    const rig = new FlightRig(envelopeWith(), vector3(0, 0, -20), seededRandom(3));
    for (let tick = 0; tick < 200; tick += 1) {
      const verdict = rig.step(vector3(2, 0, 0));
      if (tick > 100) expect([verdict.action, verdict.modified]).toEqual(['pass', false]);
    }
    let verdict = rig.step(vector3(8, 0, 0));
    for (let tick = 0; tick < 800; tick += 1) verdict = rig.step(vector3(8, 0, 0));
    expect([verdict.action, verdict.modified]).toEqual(['modify', true]);
    expect(verdict.reasons).toContain('fence');
  });
});
