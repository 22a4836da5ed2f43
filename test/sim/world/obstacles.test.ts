import { assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearanceM, rayRangeM, type Obstacle } from '#sim/world/obstacles.ts';

const tree: Obstacle = { kind: 'cylinder', northM: 10, eastM: 0, radiusM: 2, heightM: 15 };
const house: Obstacle = {
  kind: 'box',
  northM: 0,
  eastM: 20,
  lengthNorthM: 10,
  lengthEastM: 6,
  heightM: 8,
};

describe('obstacles', () => {
  it('measures clearance to walls and over roofs, negative inside', () => {
    expect(clearanceM([tree], 0, 0, 5)).toBeCloseTo(8);
    expect(clearanceM([tree], 10, 1, 5)).toBeCloseTo(-1);
    expect(clearanceM([tree], 10, 0, 18)).toBeCloseTo(3);
    expect(clearanceM([house], 0, 10, 1)).toBeCloseTo(7);
    expect(clearanceM([house], 8, 10, 12)).toBeCloseTo(Math.sqrt(9 + 49 + 16));
    expect(clearanceM([], 0, 0, 5)).toBe(Number.POSITIVE_INFINITY);
  });

  it('casts rays to the first wall, none over the top or behind', () => {
    expect(rayRangeM([tree, house], 0, 0, 5, 1, 0)).toBeCloseTo(8);
    expect(rayRangeM([tree, house], 0, 0, 5, 0, 1)).toBeCloseTo(17);
    expect(rayRangeM([tree, house], 0, 0, 5, -1, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(rayRangeM([tree], 0, 0, 16, 1, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(rayRangeM([house], 6, 0, 5, 0, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('never sees a wall nearer than its clearance, and touches it where the ray ends', () => {
    const coordinate = double({ min: -40, max: 40, noNaN: true });
    const bearing = double({ min: -Math.PI, max: Math.PI, noNaN: true });
    assert(
      property(coordinate, coordinate, bearing, (northM, eastM, bearingRad) => {
        const clearance = clearanceM([tree, house], northM, eastM, 1);
        if (clearance <= 0) return;
        const n = Math.cos(bearingRad);
        const e = Math.sin(bearingRad);
        const range = rayRangeM([tree, house], northM, eastM, 1, n, e);
        expect(range).toBeGreaterThanOrEqual(clearance - 1e-6);
        if (range === Number.POSITIVE_INFINITY) return;
        const end = clearanceM([tree, house], northM + range * n, eastM + range * e, 1);
        expect(Math.abs(end)).toBeLessThan(1e-5);
      }),
    );
  });
});
