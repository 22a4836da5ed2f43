import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MavFrame, ObstacleDistance } from 'mavlink-mappings/dist/lib/common.js';

import { rangeRingFrom } from '#agent/pilot/estimate/range-ring.ts';
import { radiansFromDegrees } from '#protocols/units.ts';

const message = (changes: Partial<ObstacleDistance>): ObstacleDistance =>
  Object.assign(new ObstacleDistance(), {
    distances: Array.from({ length: 72 }, () => 65_535),
    minDistance: 20,
    maxDistance: 2000,
    increment: 5,
    incrementF: 0,
    angleOffset: 0,
    frame: MavFrame.BODY_FRD,
    ...changes,
  });

/** One thing seen, `sector` steps to the right of the nose. */
const seen = (sector: number, changes: Partial<ObstacleDistance> = {}): ObstacleDistance => {
  const distances = Array.from({ length: 72 }, () => 65_535);
  distances[sector] = 500;
  return message({ ...changes, distances });
};

const bearingsDeg = (ring: { rangesM: Float32Array } | undefined): number[] =>
  [...ring!.rangesM].flatMap((rangeM, sector) => (rangeM < 20 ? [5 * sector] : []));

test('what is ahead is where the nose points', () => {
  expect(bearingsDeg(rangeRingFrom(seen(0), 0, 1))).toEqual([0]);
  expect(bearingsDeg(rangeRingFrom(seen(0), radiansFromDegrees(90), 1))).toEqual([90]);
  expect(bearingsDeg(rangeRingFrom(seen(18), radiansFromDegrees(-90), 1))).toEqual([0]);
  expect(bearingsDeg(rangeRingFrom(seen(2, { angleOffset: 30 }), 0, 1))).toEqual([40]);
});

test('a ring that is fixed to north already is not turned again', () => {
  const ring = rangeRingFrom(seen(4, { frame: MavFrame.GLOBAL }), 1, 1);
  expect(bearingsDeg(ring)).toEqual([20]);
});

test('nothing in range, and nothing known, both read infinite', () => {
  const ring = rangeRingFrom(message({ distances: Array.from({ length: 72 }, () => 2001) }), 0, 7);
  expect([...ring!.rangesM].every((rangeM) => rangeM === Infinity)).toBe(true);
  expect([ring!.atMs, ring!.minM, ring!.maxM]).toEqual([7, 0.2, 20]);
});

test('wider sectors of a coarser sensor fill all that they cover', () => {
  const distances = Array.from({ length: 72 }, (_, index) => (index === 3 ? 700 : 65_535));
  const ring = rangeRingFrom(message({ distances, increment: 30 }), 0, 1);
  const bearings = bearingsDeg(ring);
  expect(Math.min(...bearings)).toBeGreaterThanOrEqual(75);
  expect(Math.max(...bearings)).toBeLessThanOrEqual(105);
  expect(bearings.length).toBeGreaterThanOrEqual(5);
});

test('turning loses no obstacle, whatever the heading', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
      fc.integer({ min: 0, max: 71 }),
      (yawRad, sector) => {
        expect(bearingsDeg(rangeRingFrom(seen(sector), yawRad, 1))).toHaveLength(1);
      },
    ),
  );
});

test('a geometry without sense is refused', () => {
  expect(rangeRingFrom(message({ increment: 0 }), 0, 1)).toBeUndefined();
  expect(rangeRingFrom(message({ angleOffset: Number.NaN }), 0, 1)).toBeUndefined();
});
