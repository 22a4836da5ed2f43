import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { mixQuadX } from '#sim/autopilot/control/mixer.ts';

const mixed = (
  thrust: number,
  torque: Vector3,
): { throttle: Float64Array; lost: Vector3; given: Vector3; lift: number } => {
  const throttle = new Float64Array(4);
  const lost = vector3(0, 0, 0);
  mixQuadX(thrust, torque, throttle, lost);
  const given = vector3(torque.x - lost.x, torque.y - lost.y, torque.z - lost.z);
  return { throttle, lost, given, lift: throttle.reduce((sum, one) => sum + one, 0) / 4 };
};

const torqueArbitrary = fc
  .tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  )
  .map(([x, y, z]) => vector3(x, y, z));

describe('the mixer of a quadrotor in X', () => {
  it('gives what is wanted where the motors can, and says that nothing is lost', () => {
    const { lift, lost } = mixed(0.5, vector3(0.1, -0.2, 0.15));
    expect(lift).toBeCloseTo(0.5, 9);
    for (const axis of [lost.x, lost.y, lost.z]) expect(axis).toBeCloseTo(0, 9);
  });

  it('moves the motors that PX4 numbers: roll right by 2 and 3, pitch up by 1 and 3, yaw right by 1 and 2', () => {
    const up = (torque: Vector3): number[] =>
      [...mixed(0.5, torque).throttle].flatMap((value, at) => (value > 0.5 ? [at + 1] : []));
    expect(up(vector3(0.2, 0, 0))).toEqual([2, 3]);
    expect(up(vector3(0, 0.2, 0))).toEqual([1, 3]);
    expect(up(vector3(0, 0, 0.2))).toEqual([1, 2]);
  });

  it('never asks a motor for less than nothing or more than all, and never adds lift', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), torqueArbitrary, (thrust, torque) => {
        const { throttle, lift } = mixed(thrust, torque);
        for (const value of throttle) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        // Without airmode thrust is only given up.
        expect(lift).toBeLessThanOrEqual(thrust + 1e-9);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives up lift for roll and pitch at full thrust', () => {
    const { lift, given } = mixed(1, vector3(0.3, 0.2, 0));
    expect(given.x).toBeCloseTo(0.3, 6);
    expect(given.y).toBeCloseTo(0.2, 6);
    expect(lift).toBeLessThan(0.9);
  });

  it('gives up yaw before roll and pitch, but at full thrust keeps a little of it', () => {
    const { given } = mixed(0.4, vector3(0.4, 0, 0.9));
    expect(given.x).toBeGreaterThan(0.3);
    expect(given.z).toBeLessThan(0.4);
    const atFullThrust = mixed(1, vector3(0, 0, 0.5));
    expect(atFullThrust.given.z).toBeGreaterThan(0.1);
  });
});
