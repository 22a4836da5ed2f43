import { LocalPositionNed } from 'mavlink-mappings/dist/lib/common.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { expect, test } from 'vitest';

import { Estimator } from '#agent/pilot/estimate/estimate.ts';
import { TelemetryStore } from '#agent/pilot/estimate/telemetry.ts';
import { geodeticFromNed, type Geodetic, type Origin } from '#protocols/frames.ts';
import { add, distance, scale, subtract, vector3, type Vector3 } from '#protocols/vector.ts';

const ORIGIN: Origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };

/**
 * PX4 turns its local metres into degrees on a sphere (azimuthal equidistant, radius 6,371,000 m,
 * its map projection), not on the ellipsoid.
 */
const px4Geodetic = (origin: Origin, ned: Vector3): Geodetic => {
  const radius = 6_371_000;
  const lat0 = (origin.latDeg * Math.PI) / 180;
  const c = Math.sqrt(ned.x * ned.x + ned.y * ned.y) / radius;
  const k = c > 1e-12 ? Math.sin(c) / c : 1;
  const x = ned.x / radius;
  const y = ned.y / radius;
  const lat = Math.asin(Math.cos(c) * Math.sin(lat0) + x * k * Math.cos(lat0));
  const lon = Math.atan2(y * k, Math.cos(lat0) * Math.cos(c) - x * k * Math.sin(lat0));
  return {
    latDeg: (lat * 180) / Math.PI,
    lonDeg: origin.lonDeg + (lon * 180) / Math.PI,
    altAmslM: origin.altAmslM - ned.z,
  };
};

test('five drones with origins of their own agree where a place is, to half a metre, PX4’s projection included', () => {
  const homes = [
    vector3(0, 0, 0),
    vector3(150, -200, 12),
    vector3(-300, 250, -8),
    vector3(400, 400, 3),
    vector3(-100, -500, 30),
  ];
  // Each flies through the same place at 8 m/s, from its own side.
  const meeting = vector3(60, 80, -25);
  const places = homes.map((home, index) => {
    const ekfOrigin = { ...geodeticFromNed(ORIGIN, home) };
    const store = new TelemetryStore();
    const estimator = new Estimator();
    estimator.setOrigin(ORIGIN);
    const heading = (index * 2 * Math.PI) / 5;
    const velocity = vector3(8 * Math.cos(heading), 8 * Math.sin(heading), 0);
    let estimate = estimator.at(store.latest, 0);
    for (let ms = 20; ms <= 30_000; ms += 20) {
      const truth = add(meeting, scale(velocity, (ms - 30_000) / 1000));
      // The local position that PX4 would say: the one whose image on its sphere is the true place.
      let local = subtract(truth, home);
      for (let round = 0; round < 4; round += 1) {
        const seen = px4Geodetic(ekfOrigin, local);
        const wanted = geodeticFromNed(ORIGIN, truth);
        local = vector3(
          local.x + (wanted.latDeg - seen.latDeg) * 111_180,
          local.y + (wanted.lonDeg - seen.lonDeg) * 111_180 * Math.cos(0.8272),
          local.z,
        );
      }
      const stamp = { timeBootMs: ms };
      const { x: vx, y: vy, z: vz } = velocity;
      if (ms % 60 === 0) {
        store.update(Object.assign(new LocalPositionNed(), stamp, local, { vx, vy, vz }), ms);
      }
      if (ms % 100 === 0) {
        const at = px4Geodetic(ekfOrigin, local);
        const message = Object.assign(new GlobalPositionInt(), stamp, {
          lat: Math.round(at.latDeg * 1e7),
          lon: Math.round(at.lonDeg * 1e7),
          alt: Math.round(at.altAmslM * 1000),
        });
        store.update(message, ms);
      }
      estimate = estimator.at(store.latest, ms);
    }
    expect(estimate.valid).toBe(true);
    return { ...estimate.positionNed };
  });
  for (const a of places) {
    expect(distance(a, meeting)).toBeLessThan(0.25);
    for (const b of places) expect(distance(a, b)).toBeLessThan(0.5);
  }
});
