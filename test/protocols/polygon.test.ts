import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  containsPoint,
  polygonAreaM2,
  selfCrossing,
  signedDistanceToEdge,
} from '#protocols/polygon.ts';

const corner = (northM: number, eastM: number) => ({ northM, eastM });
const square = [corner(0, 0), corner(0, 10), corner(10, 10), corner(10, 0)];

describe('polygons on the ground', () => {
  it('know inside, outside and how far to the edge', () => {
    expect(containsPoint(square, 5, 5)).toBe(true);
    expect(containsPoint(square, 15, 5)).toBe(false);
    expect(signedDistanceToEdge(square, 5, 8)).toBeCloseTo(2);
    expect(signedDistanceToEdge(square, 5, 13)).toBeCloseTo(-3);
    expect(polygonAreaM2(square)).toBeCloseTo(100);
  });

  it('a round ring is simple; swapping two far corners makes it cross itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 48, max: 50, noNaN: true }), { minLength: 6, maxLength: 20 }),
        (radii) => {
          const ring = radii.map((radius, index) => {
            const angle = (2 * Math.PI * index) / radii.length;
            return corner(radius * Math.cos(angle), radius * Math.sin(angle));
          });
          expect(selfCrossing(ring)).toBeUndefined();
          const crossed = [...ring];
          [crossed[1], crossed[4]] = [crossed[4]!, crossed[1]!];
          expect(selfCrossing(crossed)).toBeDefined();
        },
      ),
    );
  });

  it('points of the sign of their distance agree with containment', () => {
    const coordinate = fc.double({ min: -20, max: 30, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, (northM, eastM) => {
        const distance = signedDistanceToEdge(square, northM, eastM);
        fc.pre(Math.abs(distance) > 1e-9);
        expect(distance > 0).toBe(containsPoint(square, northM, eastM));
      }),
    );
  });
});
