import { SetPositionTargetLocalNed } from 'mavlink-mappings/dist/lib/common.js';
import { expect, test } from 'vitest';
import { Encoder, decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { positionSetpoint, velocitySetpoint } from '#protocols/mavlink/setpoint.ts';

const VEHICLE = { sysid: 3, compid: 1 };
const NORTH = { x: 3, y: 0, z: -0.5 };

const onTheWire = (message: ReturnType<typeof velocitySetpoint>): unknown => {
  const framer = new Framer();
  framer.push(new Encoder(245, 191).encode(message));
  return decode(framer.next()!);
};

// The masks are those of recorded setpoints that PX4 flew: 1479, 2503, 2552.
test('a velocity with a yaw rate ignores position, acceleration and yaw', () => {
  expect(onTheWire(velocitySetpoint(VEHICLE, NORTH, { yawRateRadps: 0.25 }, 1234.9))).toMatchObject(
    {
      targetSystem: 3,
      targetComponent: 1,
      coordinateFrame: 1,
      typeMask: 1479,
      timeBootMs: 1234,
      vx: 3,
      vy: 0,
      vz: -0.5,
      yaw: 0,
      yawRate: 0.25,
    },
  );
});

test('a velocity with a yaw ignores the yaw rate instead', () => {
  expect(onTheWire(velocitySetpoint(VEHICLE, NORTH, { yawRad: 0.5 }, 0))).toMatchObject({
    typeMask: 2503,
    yaw: 0.5,
    yawRate: 0,
  });
});

test('a position hold ignores velocity and acceleration', () => {
  const message = positionSetpoint(VEHICLE, { x: 2, y: -4, z: -12 }, { yawRad: 1 }, 0);
  expect(onTheWire(message)).toMatchObject({ typeMask: 2552, x: 2, y: -4, z: -12, vx: 0, yaw: 1 });
});

test('a boot time beyond 32 bits wraps as MAVLink does', () => {
  const message = velocitySetpoint(VEHICLE, NORTH, { yawRad: 0 }, 2 ** 32 + 5);
  expect(onTheWire(message)).toMatchObject({ timeBootMs: 5 });
});

test('what is not finite never reaches the vehicle', () => {
  const hole = { x: Number.NaN, y: 0, z: 0 };
  expect(() => velocitySetpoint(VEHICLE, hole, { yawRad: 0 }, 0)).toThrow('finite');
  expect(() => positionSetpoint(VEHICLE, hole, { yawRad: 0 }, 0)).toThrow('finite');
  expect(() => velocitySetpoint(VEHICLE, NORTH, { yawRad: Number.NaN }, 0)).toThrow('finite');
  expect(() =>
    velocitySetpoint(VEHICLE, NORTH, { yawRateRadps: Number.POSITIVE_INFINITY }, 0),
  ).toThrow('finite');
});

test('has every field that the constructor gives it', () => {
  const message = velocitySetpoint(VEHICLE, NORTH, { yawRad: 1 }, 0);
  expect(message).toBeInstanceOf(SetPositionTargetLocalNed);
  expect(Object.keys(message).toSorted()).toEqual(
    Object.keys(new SetPositionTargetLocalNed()).toSorted(),
  );
});
