import { describe, expect, it } from 'vitest';

import {
  bearingRad,
  boundsOf,
  circleRing,
  tubeRings,
} from '#coordinator/map/page/ground-shapes.ts';
import { geodeticFromNed, nedFromGeodetic } from '#protocols/frames.ts';

const origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };

const lonLat = (northM: number, eastM: number): [number, number] => {
  const place = geodeticFromNed(origin, { x: northM, y: eastM, z: 0 });
  return [place.lonDeg, place.latDeg];
};

const metres = ([lonDeg, latDeg]: readonly number[]): { x: number; y: number } =>
  nedFromGeodetic(origin, { lonDeg: lonDeg!, latDeg: latDeg!, altAmslM: origin.altAmslM });

describe('shapes on the ground', () => {
  it('a circle is closed and keeps its radius to half a percent', () => {
    const ring = circleRing(lonLat(100, 50), 40);
    expect(ring[0]).toEqual(ring.at(-1));
    for (const corner of ring) {
      const { x, y } = metres(corner);
      expect(Math.abs(Math.hypot(x - 100, y - 50) - 40)).toBeLessThan(0.2);
    }
  });

  it('a bearing counts from north over east, and does not exist on the spot', () => {
    expect(bearingRad(lonLat(0, 0), lonLat(10, 0))).toBeCloseTo(0, 2);
    expect(bearingRad(lonLat(0, 0), lonLat(0, 10))).toBeCloseTo(Math.PI / 2, 2);
    expect(bearingRad(lonLat(0, 0), lonLat(-10, -10))).toBeCloseTo((-3 * Math.PI) / 4, 2);
    expect(bearingRad(lonLat(5, 5), lonLat(5, 5))).toBeUndefined();
  });

  it('a tube is as wide as its knots say, and ends in a circle', () => {
    const [ribbon, end] = tubeRings([
      [...lonLat(0, 0), 2],
      [...lonLat(30, 0), 3],
      [...lonLat(60, 0), 4],
    ]);
    expect(ribbon![0]).toEqual(ribbon!.at(-1));
    const easts = ribbon!.map((corner) => Math.round(metres(corner).y));
    expect(easts).toEqual([-2, -3, -4, 4, 3, 2, -2]);
    const { x } = metres(end![0]!);
    expect(x).toBeCloseTo(64, 0);
  });

  it('a tube over one spot has no direction, hence no shape', () => {
    expect(tubeRings([])).toEqual([]);
    expect(tubeRings([[...lonLat(0, 0), 2]])).toEqual([]);
    expect(
      tubeRings([
        [...lonLat(0, 0), 2],
        [...lonLat(0, 0), 2],
      ]),
    ).toEqual([]);
  });

  it('bounds hold every corner', () => {
    expect(
      boundsOf([
        [8.5, 47.4],
        [8.6, 47.3],
        [8.55, 47.5],
      ]),
    ).toEqual([
      [8.5, 47.3],
      [8.6, 47.5],
    ]);
  });
});
