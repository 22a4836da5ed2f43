import { describe, expect, it } from 'vitest';
import { array, assert, double, property } from 'fast-check';
import { GRAVITY_MPS2 } from '#protocols/units.ts';
import { vector3 } from '#protocols/vector.ts';
import { Quadrotor } from '#sim/physics/quadrotor.ts';
import { defaultVehicleParameters } from '#sim/physics/vehicle-parameters.ts';
import { rollOf, yawOf } from '#sim/rotation.ts';

const STEP_S = 0.004;
const CALM = vector3(0, 0, 0);
const hoverThrottle = (defaultVehicleParameters.massKg * GRAVITY_MPS2) / 20;

const fly = (
  quadrotor: Quadrotor,
  seconds: number,
  throttle: readonly [number, number, number, number],
  wind = CALM,
): void => {
  const command = Float64Array.from(throttle);
  for (let step = 0; step < seconds / STEP_S; step += 1) {
    quadrotor.step(STEP_S, command, wind, 1);
  }
};

const airborne = (): Quadrotor => {
  const quadrotor = new Quadrotor(defaultVehicleParameters, 0, 0);
  quadrotor.positionNed.z = -50;
  quadrotor.onGround = false;
  quadrotor.motorThrustN.fill(hoverThrottle * 5);
  return quadrotor;
};

describe('quadrotor', () => {
  it('stays on the ground with motors off, whatever the wind', () => {
    const quadrotor = new Quadrotor(defaultVehicleParameters, 3, 4, 1);
    fly(quadrotor, 2, [0, 0, 0, 0], vector3(8, -8, 0));
    expect(quadrotor.onGround).toBe(true);
    expect(quadrotor.positionNed).toEqual(vector3(3, 4, 0));
    expect(yawOf(quadrotor.attitude)).toBeCloseTo(1);
  });

  it('hovers at the throttle that carries its weight', () => {
    const quadrotor = airborne();
    fly(quadrotor, 10, [hoverThrottle, hoverThrottle, hoverThrottle, hoverThrottle]);
    expect(quadrotor.positionNed.z).toBeCloseTo(-50, 6);
    expect(quadrotor.velocityNed.z).toBeCloseTo(0, 6);
  });

  it('drifts towards the wind speed and never beyond', () => {
    const quadrotor = airborne();
    const throttle = [hoverThrottle, hoverThrottle, hoverThrottle, hoverThrottle] as const;
    fly(quadrotor, 2, throttle, vector3(6, 0, 0));
    const early = quadrotor.velocityNed.x;
    fly(quadrotor, 60, throttle, vector3(6, 0, 0));
    expect(early).toBeGreaterThan(1);
    expect(quadrotor.velocityNed.x).toBeGreaterThan(5.9);
    expect(quadrotor.velocityNed.x).toBeLessThanOrEqual(6);
  });

  it('falls at the speed where drag carries the weight', () => {
    const quadrotor = airborne();
    quadrotor.positionNed.z = -5000;
    fly(quadrotor, 60, [0, 0, 0, 0]);
    const { linearDragNPerMps: linear, quadraticDragNPerMps2: quadratic } =
      defaultVehicleParameters;
    const speed = quadrotor.velocityNed.z;
    expect(linear * speed + quadratic * speed * speed).toBeCloseTo(GRAVITY_MPS2, 1);
  });

  it('rolls right when the left motors push harder, and yaws with the reaction torque', () => {
    const right = airborne();
    fly(right, 0.2, [0.4, 0.6, 0.6, 0.4]);
    expect(rollOf(right.attitude)).toBeGreaterThan(0.05);
    expect(right.velocityNed.y).toBeGreaterThan(0);
    const clockwise = airborne();
    fly(clockwise, 0.5, [0.6, 0.6, 0.4, 0.4]);
    expect(yawOf(clockwise.attitude)).toBeGreaterThan(0.05);
    expect(Math.abs(rollOf(clockwise.attitude))).toBeLessThan(1e-9);
  });

  it('lags: thrust reaches 63 % of a new command after one motor time constant', () => {
    const quadrotor = new Quadrotor(defaultVehicleParameters, 0, 0);
    fly(quadrotor, defaultVehicleParameters.motorTimeConstantS, [1, 1, 1, 1]);
    expect(quadrotor.totalThrustN() / 20).toBeGreaterThan(0.6);
    expect(quadrotor.totalThrustN() / 20).toBeLessThan(0.68);
  });

  it('lands with its touchdown speed noted, and rests level', () => {
    const quadrotor = airborne();
    quadrotor.positionNed.z = -1;
    fly(quadrotor, 3, [0, 0, 0, 0]);
    expect(quadrotor.onGround).toBe(true);
    expect(quadrotor.touchdownSpeedMps).toBeGreaterThan(2);
    expect(quadrotor.heightM()).toBe(0);
    expect(rollOf(quadrotor.attitude)).toBe(0);
  });

  it('keeps its attitude a unit quaternion and all numbers finite under any throttle', () => {
    const throttle = array(double({ min: -1, max: 2, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    });
    assert(
      property(throttle, (command) => {
        const quadrotor = airborne();
        fly(quadrotor, 2, [command[0]!, command[1]!, command[2]!, command[3]!]);
        const { w, x, y, z } = quadrotor.attitude;
        expect(w * w + x * x + y * y + z * z).toBeCloseTo(1, 6);
        expect(Number.isFinite(quadrotor.positionNed.x + quadrotor.velocityNed.z)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
