import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fenceItems, fenceOfItems, rallyItems, rallyOfItems } from '#protocols/mavlink/geofence.ts';
import { itemProblem } from '#protocols/mavlink/mission-item.ts';

const circle = { inclusion: false, center: { latDeg: 47.4, lonDeg: 8.5 }, radiusM: 15 };

const degrees = (most: number) =>
  fc.integer({ min: -most * 1e7, max: most * 1e7 }).map((e7) => e7 / 1e7);
const point = fc.record({ latDeg: degrees(90), lonDeg: degrees(180) });
const radius = fc.float({ min: 1, max: 10_000, noNaN: true });

describe('a fence', () => {
  test('is the same after it was items', () => {
    const polygon = fc.record({
      inclusion: fc.boolean(),
      corners: fc.array(point, { minLength: 3, maxLength: 20 }),
    });
    const circles = fc.record({ inclusion: fc.boolean(), center: point, radiusM: radius });
    const fence = fc.record({
      polygons: fc.array(polygon, { maxLength: 5 }),
      circles: fc.array(circles, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fence, (one) => {
        const items = fenceItems(one);
        expect(items.map(itemProblem).filter((problem) => problem !== undefined)).toEqual([]);
        expect(fenceOfItems(items)).toEqual(one);
      }),
    );
  });

  test('of items that make none is refused in words', () => {
    const whole = fenceItems({
      polygons: [{ inclusion: true, corners: [0, 1, 2].map((i) => ({ latDeg: i, lonDeg: 0 })) }],
      circles: [],
    });
    expect(fenceOfItems(whole.slice(0, 2))).toBe('the polygon that begins at item 0 is not whole');
    expect(fenceOfItems(rallyItems([{ latDeg: 47, lonDeg: 8, altM: 30 }]))).toContain(
      'is no fence',
    );
    expect(
      fenceOfItems(fenceItems({ polygons: [], circles: [{ ...circle, radiusM: 0 }] })),
    ).toContain('radius 0');
  });

  test('rally points are the same after they were items', () => {
    const rally = fc.array(fc.record({ latDeg: degrees(90), lonDeg: degrees(180), altM: radius }));
    fc.assert(
      fc.property(rally, (points) => {
        expect(rallyOfItems(rallyItems(points))).toEqual(points);
      }),
    );
  });
});
