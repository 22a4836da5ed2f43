import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { closestPoints, closestPointsBuffer } from '#agent/pilot/guard/closest-points.ts';
import { HalfSpaces } from '#agent/pilot/guard/half-spaces.ts';
import { LeastChange, type Reach } from '#agent/pilot/guard/least-change.ts';
import { seededRandom } from '#protocols/random.ts';
import { distance, norm, vector3, type Vector3 } from '#protocols/vector.ts';

const coordinate = (size: number): fc.Arbitrary<number> =>
  fc.double({ min: -size, max: size, noNaN: true });

const vector = (size: number): fc.Arbitrary<Vector3> =>
  fc.record({ x: coordinate(size), y: coordinate(size), z: coordinate(size) });

const plane = fc.record({ normal: vector(1), bound: fc.double({ min: -1, max: 4, noNaN: true }) });

const planesOf = (
  list: { normal: Vector3; bound: number }[],
  owner: 'fence' | 'separation',
): HalfSpaces => {
  const planes = new HalfSpaces();
  for (const { normal, bound } of list) {
    const length = norm(normal);
    if (length < 0.01) continue;
    planes.add(owner, normal.x / length, normal.y / length, normal.z / length, bound);
  }
  return planes;
};

const reachFrom = (from: Vector3, changeMps: number): Reach => ({
  maxSpeedMps: 8,
  maxClimbMps: 3,
  maxDescentMps: 2,
  from,
  changeMps,
});

const isInReach = (v: Vector3, reach: Reach): boolean =>
  Math.sqrt(v.x * v.x + v.y * v.y) <= reach.maxSpeedMps + 1e-9 &&
  v.z <= reach.maxDescentMps + 1e-9 &&
  v.z >= -reach.maxClimbMps - 1e-9 &&
  distance(v, reach.from) <= reach.changeMps + 1e-9;

const from = fc.record({
  x: coordinate(5.5),
  y: coordinate(5.5),
  z: fc.double({ min: -3, max: 2, noNaN: true }),
});

describe('the least change', () => {
  test('never leaves the reach, whatever is wanted and forbidden', () => {
    fc.assert(
      fc.property(
        vector(50),
        fc.array(plane, { maxLength: 12 }),
        from,
        fc.double({ min: 0, max: 10, noNaN: true }),
        (wanted, list, start, change) => {
          const solver = new LeastChange();
          const reach = reachFrom(start, change);
          solver.solve(wanted, planesOf(list, 'fence'), reach);
          expect(isInReach(solver.result, reach)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('obeys all planes whenever a braked setpoint does, and says so', () => {
    fc.assert(
      fc.property(
        vector(20),
        fc.array(
          fc.record({ normal: vector(1), bound: fc.double({ min: 0, max: 4, noNaN: true }) }),
          {
            maxLength: 10,
          },
        ),
        from,
        (wanted, list, start) => {
          const solver = new LeastChange();
          const planes = planesOf(list, 'fence');
          // Rest obeys every plane here and is in reach.
          const outcome = solver.solve(wanted, planes, reachFrom(start, 12));
          const { x, y, z } = solver.result;
          expect(outcome).toBe('met');
          expect(planes.worst(x, y, z)).toBeLessThanOrEqual(0.021);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('is as near to the wish as any velocity that obeys', () => {
    const random = seededRandom(7);
    for (let run = 0; run < 60; run += 1) {
      const list = Array.from({ length: 1 + (run % 4) }, () => ({
        normal: vector3(random.normal(), random.normal(), random.normal()),
        bound: 3 * random.uniform(),
      }));
      const planes = planesOf(list, 'separation');
      const wanted = vector3(10 * random.normal(), 10 * random.normal(), 3 * random.normal());
      const reach = reachFrom(vector3(0, 0, 0), 12);
      const solver = new LeastChange();
      expect(solver.solve(wanted, planes, reach)).toBe('met');
      const found = distance(solver.result, wanted);
      for (let sample = 0; sample < 3000; sample += 1) {
        const v = vector3(
          16 * (random.uniform() - 0.5),
          16 * (random.uniform() - 0.5),
          5 * random.uniform() - 3,
        );
        if (!isInReach(v, reach) || planes.worst(v.x, v.y, v.z) > 0) continue;
        expect(distance(v, wanted)).toBeGreaterThan(found - 0.1);
      }
    }
  });

  test('lets the fence yield to separation when only one of them can be obeyed', () => {
    const planes = new HalfSpaces();
    planes.add('fence', 1, 0, 0, 0.5);
    planes.add('separation', -1, 0, 0, -2);
    const solver = new LeastChange();
    expect(solver.solve(vector3(0, 0, 0), planes, reachFrom(vector3(0, 0, 0), 5))).toBe('conflict');
    expect(solver.result.x).toBeCloseTo(2, 1);
  });
});

describe('the closest points of two segments', () => {
  test('are no farther apart than any others', () => {
    fc.assert(
      fc.property(vector(50), vector(30), vector(50), vector(30), (p, d, q, e) => {
        const near = closestPoints(p, d, q, e, closestPointsBuffer());
        expect(near.distanceM).toBeCloseTo(distance(near.onFirst, near.onSecond), 9);
        for (let s = 0; s <= 1; s += 0.125) {
          for (let t = 0; t <= 1; t += 0.125) {
            const a = vector3(p.x + s * d.x, p.y + s * d.y, p.z + s * d.z);
            const b = vector3(q.x + t * e.x, q.y + t * e.y, q.z + t * e.z);
            // A segment of less than a micrometre counts as a point: two of them are as much off.
            expect(distance(a, b)).toBeGreaterThanOrEqual(near.distanceM - 1e-5);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('are known for points and for parallel segments', () => {
    const near = closestPointsBuffer();
    const zero = vector3(0, 0, 0);
    expect(closestPoints(vector3(3, 4, 0), zero, zero, zero, near).distanceM).toBe(5);
    const east = vector3(0, 10, 0);
    expect(closestPoints(zero, east, vector3(2, 5, 0), east, near).distanceM).toBe(2);
    expect(closestPoints(zero, east, vector3(0, 12, 0), east, near).distanceM).toBeCloseTo(2);
  });
});
