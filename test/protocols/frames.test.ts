import fc from 'fast-check';
import { Geodesic } from 'geographiclib-geodesic';
import { describe, expect, it } from 'vitest';

import {
  geodeticFromNed,
  levelBodyFromNed,
  nedFromGeodetic,
  nedFromLevelBody,
} from '#protocols/frames.ts';

const origin = fc.record({
  latDeg: fc.double({ min: -70, max: 70, noNaN: true }),
  lonDeg: fc.double({ min: -179, max: 179, noNaN: true }),
  altAmslM: fc.double({ min: -100, max: 3000, noNaN: true }),
});
const offset = fc.double({ min: -2000, max: 2000, noNaN: true });
const offsets = fc.record({
  x: offset,
  y: offset,
  z: fc.double({ min: -200, max: 200, noNaN: true }),
});

describe('the local NED frame', () => {
  it('goes there and back', () => {
    fc.assert(
      fc.property(origin, offsets, (at, ned) => {
        const back = nedFromGeodetic(at, geodeticFromNed(at, ned));
        expect(back.x).toBeCloseTo(ned.x, 4);
        expect(back.y).toBeCloseTo(ned.y, 4);
        expect(back.z).toBeCloseTo(ned.z, 6);
      }),
    );
  });

  it('agrees with the geodesic on the ellipsoid within 2 km', () => {
    fc.assert(
      fc.property(origin, offsets, (at, ned) => {
        const place = geodeticFromNed(at, ned);
        const line = Geodesic.WGS84.Inverse(at.latDeg, at.lonDeg, place.latDeg, place.lonDeg);
        const azimuthRad = ((line.azi1 ?? 0) * Math.PI) / 180;
        const error = Math.hypot(
          (line.s12 ?? 0) * Math.cos(azimuthRad) - ned.x,
          (line.s12 ?? 0) * Math.sin(azimuthRad) - ned.y,
        );
        // The tangent plane ignores that meridians meet: worst at 70° and 2.8 km.
        expect(error).toBeLessThan(2.5);
        if (Math.abs(at.latDeg) < 50 && Math.hypot(ned.x, ned.y) < 500) {
          expect(error).toBeLessThan(0.1);
        }
      }),
    );
  });

  it('turns into the levelled body frame and back', () => {
    const north = { x: 1, y: 0, z: 0 };
    const facingEast = levelBodyFromNed(north, Math.PI / 2);
    expect(facingEast.x).toBeCloseTo(0, 12);
    expect(facingEast.y).toBeCloseTo(-1, 12);
    fc.assert(
      fc.property(offsets, fc.double({ min: -10, max: 10, noNaN: true }), (ned, yawRad) => {
        const back = nedFromLevelBody(levelBodyFromNed(ned, yawRad), yawRad);
        expect(back.x).toBeCloseTo(ned.x, 6);
        expect(back.y).toBeCloseTo(ned.y, 6);
      }),
    );
  });
});
