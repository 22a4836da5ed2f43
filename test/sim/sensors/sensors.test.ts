import { describe, expect, it } from 'vitest';
import { nedFromGeodetic } from '#protocols/frames.ts';
import { seededRandom } from '#protocols/random.ts';
import { Quadrotor } from '#sim/physics/quadrotor.ts';
import { defaultVehicleParameters } from '#sim/physics/vehicle-parameters.ts';
import { quaternionFromEuler } from '#sim/rotation.ts';
import { Gnss } from '#sim/sensors/gnss.ts';
import { RangeRing } from '#sim/sensors/range-ring.ts';
import { defaultEstimateErrors, StateEstimate } from '#sim/sensors/state-estimate.ts';
import type { Obstacle } from '#sim/world/obstacles.ts';

const origin = { latDeg: 47, lonDeg: 8, altAmslM: 400 };

const hovering = (yawRad: number): Quadrotor => {
  const quadrotor = new Quadrotor(defaultVehicleParameters, 0, 0);
  quadrotor.positionNed.z = -10;
  quaternionFromEuler(0, 0, yawRad, quadrotor.attitude);
  return quadrotor;
};

describe('range ring', () => {
  const mast: Obstacle = { kind: 'cylinder', northM: 0, eastM: 12, radiusM: 1, heightM: 30 };

  it('shows an obstacle in the sector where it lies as seen from the nose', () => {
    const nearest = (yawRad: number): { sector: number; range: number } => {
      const ring = new RangeRing(hovering(yawRad), [mast], seededRandom(3));
      ring.scan();
      const range = Math.min(...ring.rangesM);
      return { sector: ring.rangesM.indexOf(range), range };
    };
    expect(Math.abs(nearest(0).sector - 18)).toBeLessThanOrEqual(1);
    expect(Math.abs(nearest(0).range - 11)).toBeLessThan(0.3);
    expect([71, 0, 1]).toContain(nearest(Math.PI / 2).sector);
    expect(Math.abs(nearest(Math.PI).sector - 54)).toBeLessThanOrEqual(1);
  });

  it('sees nothing beyond 20 m or above the obstacle', () => {
    const far = { ...mast, eastM: 25 };
    const low = { ...mast, heightM: 8 };
    for (const obstacle of [far, low]) {
      const ring = new RangeRing(hovering(0), [obstacle], seededRandom(3));
      ring.scan();
      expect(Math.min(...ring.rangesM)).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

describe('state estimate', () => {
  it('starts at its own origin and wanders about the truth by decimetres, slowly', () => {
    const truth = hovering(0.4);
    const estimate = new StateEstimate(truth, defaultEstimateErrors, seededRandom(2));
    expect(Math.abs(estimate.positionNed.x)).toBeLessThan(1e-9);
    let squares = 0;
    let largestJump = 0;
    let last = 0;
    const count = 50 * 2000;
    for (let step = 0; step < count; step += 1) {
      estimate.wander(0.02);
      estimate.track();
      const error = estimate.positionNed.x + estimate.originNed.x - truth.positionNed.x;
      if (step > 0) largestJump = Math.max(largestJump, Math.abs(error - last));
      last = error;
      squares += error * error;
    }
    const deviation = Math.sqrt(squares / count);
    expect(deviation).toBeGreaterThan(0.15);
    expect(deviation).toBeLessThan(0.35);
    expect(largestJump).toBeLessThan(0.06);
  });
});

describe('GNSS', () => {
  it('gets its fix after a while and stays within metres', () => {
    const truth = hovering(0);
    const gnss = new Gnss(truth, origin, seededRandom(6));
    gnss.step(0.125);
    expect(gnss.fix.hasFix).toBe(false);
    for (let step = 0; step < 400; step += 1) gnss.step(0.125);
    expect(gnss.fix.hasFix).toBe(true);
    const ned = nedFromGeodetic(origin, gnss.fix);
    expect(Math.abs(ned.x)).toBeLessThan(2.5);
    expect(Math.abs(ned.z + 10)).toBeLessThan(4.5);
  });
});
