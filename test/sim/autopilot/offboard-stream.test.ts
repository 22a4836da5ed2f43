import { SetAttitudeTarget, SetPositionTargetGlobalInt } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { pitchOf, yawOf } from '#sim/rotation.ts';
import { Companion } from '../companion.ts';

/** Bits of POSITION_TARGET_TYPEMASK that are ignored. */
const POSITION = 0b0000_0000_0111;
const VELOCITY = 0b0000_0011_1000;
const ACCELERATION = 0b0001_1100_0000;
const YAW = 0b0100_0000_0000;
const YAW_RATE = 0b1000_0000_0000;
/** ATTITUDE_TARGET_TYPEMASK: all three body rates. */
const RATES_IGNORED: number = 7;

interface Fields {
  frame?: number;
  mask?: number;
  [field: string]: number | undefined;
}

/** Streams one kind of setpoint for some seconds in the air; says what became of the vehicle. */
const stream = (fields: Fields, seconds = 3): Companion => {
  const companion = new Companion();
  companion.takeOff();
  companion.flyOffboard(0, 0, 0);
  companion.run(1);
  companion.streamed = undefined;
  const { frame = 1, mask = 0, ...values } = fields;
  for (let count = 0; count < seconds * 20; count += 1) {
    companion.setpoint((message) => {
      Object.assign(message, { ...values, coordinateFrame: frame, typeMask: mask });
    });
    companion.run(0.05);
  }
  return companion;
};

const velocityOnly = POSITION | ACCELERATION | YAW_RATE;

describe('offboard setpoints', () => {
  it('counts frames 1 and 8; others are as good as silence', () => {
    expect(stream({ frame: 1, mask: velocityOnly, vx: 2 }).mode).toBe('OFFBOARD');
    expect(stream({ frame: 8, mask: velocityOnly, vx: 2 }).mode).toBe('OFFBOARD');
    const others = [0, 2, 6, 7, 9, 12];
    const modes = others.map((frame) => stream({ frame, mask: velocityOnly, vx: 2 }, 1.5).mode);
    expect(new Set(modes)).toEqual(new Set(['AUTO_RTL']));
  });

  it('turns BODY_NED velocity with the heading', () => {
    const companion = stream({ frame: 8, mask: velocityOnly, vx: 3, yaw: Math.PI / 2 }, 6);
    const { x, y } = companion.vehicle.quadrotor.velocityNed;
    expect(y).toBeGreaterThan(2.5);
    expect(Math.abs(x)).toBeLessThan(0.5);
  });

  it('does not count what commands nothing', () => {
    const all = POSITION | VELOCITY | ACCELERATION;
    expect(stream({ mask: all | YAW_RATE, yaw: 1 }, 1.5).mode).toBe('AUTO_RTL');
    const nan = Number.NaN;
    const silent = stream({ mask: velocityOnly, vx: nan, vy: nan, vz: nan }, 1.5);
    expect(silent.mode).toBe('AUTO_RTL');
  });

  it('accepts a height alone but holds still', () => {
    const onlyHeight = 0b0000_0000_0011 | VELOCITY | ACCELERATION | YAW_RATE;
    const companion = stream({ mask: onlyHeight, z: -30 }, 4);
    expect(companion.mode).toBe('OFFBOARD');
    expect(companion.vehicle.quadrotor.heightM()).toBeLessThan(6);
  });

  it('flies horizontal velocity with a height', () => {
    const mixed = 0b0000_0000_0011 | 0b0000_0010_0000 | ACCELERATION | YAW_RATE;
    const companion = stream({ mask: mixed, vx: 2, z: -8 }, 8);
    expect(companion.vehicle.quadrotor.velocityNed.x).toBeGreaterThan(1.7);
    expect(Math.abs(companion.vehicle.quadrotor.heightM() - 8)).toBeLessThan(1);
  });

  it('flies to a position in its own local frame', () => {
    const companion = stream({ mask: VELOCITY | ACCELERATION | YAW_RATE, x: 10, y: -5, z: -6 }, 12);
    const { positionNed } = companion.vehicle.estimate;
    expect(Math.abs(positionNed.x - 10)).toBeLessThan(0.5);
    expect(Math.abs(positionNed.y + 5)).toBeLessThan(0.5);
  });

  it('turns at a commanded rate', () => {
    const before = stream({ mask: POSITION | ACCELERATION | YAW, yawRate: 0.5 }, 2);
    expect(before.vehicle.quadrotor.ratesFrd.z).toBeGreaterThan(0.35);
    expect(before.vehicle.quadrotor.ratesFrd.z).toBeLessThan(0.6);
  });

  it('ignores a setpoint for another system and takes one for system 0', () => {
    expect(stream({ mask: velocityOnly, vx: 1, targetSystem: 99 }, 1.5).mode).toBe('AUTO_RTL');
    expect(stream({ mask: velocityOnly, vx: 1, targetSystem: 0 }, 1.5).mode).toBe('OFFBOARD');
  });

  it('drops a position in the frame of the body, which leaves nothing', () => {
    const mask = VELOCITY | ACCELERATION | YAW_RATE;
    expect(stream({ frame: 8, mask, x: 2 }, 1.5).mode).toBe('AUTO_RTL');
  });

  it('flies an attitude with a thrust, and counts it as a stream', () => {
    const companion = new Companion();
    companion.takeOff();
    companion.flyOffboard(0, 0, 0);
    companion.run(1);
    companion.streamed = undefined;
    const pitchRad = -0.1;
    for (let count = 0; count < 60; count += 1) {
      const message = new SetAttitudeTarget();
      message.targetSystem = 7;
      message.typeMask = RATES_IGNORED;
      message.q = [Math.cos(pitchRad / 2), 0, Math.sin(pitchRad / 2), 0];
      message.thrust = companion.vehicle.autopilot.control.hover.value;
      companion.send(message);
      companion.run(0.05);
    }
    expect(companion.mode).toBe('OFFBOARD');
    expect(pitchOf(companion.vehicle.quadrotor.attitude)).toBeCloseTo(pitchRad, 1);
    expect(companion.vehicle.quadrotor.velocityNed.x).toBeGreaterThan(1);

    const bad = new SetAttitudeTarget();
    bad.targetSystem = 7;
    bad.typeMask = RATES_IGNORED;
    bad.q = [0, 0, 0, Number.NaN];
    for (let count = 0; count < 30; count += 1) {
      companion.send(bad);
      companion.run(0.05);
    }
    expect(companion.mode).toBe('AUTO_RTL');
  });

  it('flies a position with a velocity fed forward: a moving place is kept up with', () => {
    const lag = (mask: number): number => {
      const companion = new Companion();
      companion.takeOff();
      const { positionNed } = companion.vehicle.estimate;
      const from = { ...positionNed };
      let north = from.x;
      companion.flyOffboard(0, 0, 0);
      companion.run(0.5);
      companion.streamed = undefined;
      for (let count = 0; count < 160; count += 1) {
        north += 0.1;
        companion.setpoint((message) => {
          Object.assign(message, { x: north, y: from.y, z: from.z, vx: 2, typeMask: mask });
        });
        companion.run(0.05);
      }
      return north - positionNed.x;
    };
    const alone = lag(VELOCITY | ACCELERATION | YAW_RATE);
    expect(alone).toBeGreaterThan(1.5);
    expect(lag(ACCELERATION | YAW_RATE)).toBeLessThan(0.7);
  });

  it('flies an acceleration alone', () => {
    const companion = stream({ mask: POSITION | VELOCITY | YAW_RATE, afx: 1.5 }, 2);
    expect(companion.mode).toBe('OFFBOARD');
    expect(companion.vehicle.quadrotor.velocityNed.x).toBeGreaterThan(1.5);
  });

  it('counts global frames 5, 6 and 11, and no other', () => {
    const modes = [0, 3, 5, 6, 10, 11].map((frame) => {
      const companion = new Companion();
      companion.takeOff();
      companion.flyOffboard(0, 0, 0);
      companion.run(0.5);
      companion.streamed = undefined;
      for (let count = 0; count < 40; count += 1) {
        const message = new SetPositionTargetGlobalInt();
        message.targetSystem = 7;
        message.coordinateFrame = frame;
        message.typeMask = (VELOCITY | ACCELERATION | YAW_RATE) as never;
        message.latInt = 473_978_000;
        message.lonInt = 85_456_000;
        message.alt = frame === 5 ? 496 : 8;
        companion.send(message);
        companion.run(0.05);
      }
      const there = companion.vehicle.quadrotor.positionNed.x > 3;
      return `${frame} ${companion.mode} ${there ? 'flew' : 'stayed'}`;
    });
    expect(modes).toEqual([
      '0 AUTO_RTL stayed',
      '3 AUTO_RTL stayed',
      '5 OFFBOARD flew',
      '6 OFFBOARD flew',
      '10 AUTO_RTL stayed',
      '11 OFFBOARD flew',
    ]);
  });
});

describe('SET_ATTITUDE_TARGET with body rates', () => {
  const ATTITUDE_IGNORED = 128;

  /** A second of it in the air. */
  const turned = (mask: number, fields: Partial<SetAttitudeTarget>): Companion => {
    const companion = new Companion();
    companion.takeOff();
    companion.flyOffboard(0, 0, 0);
    companion.run(1);
    companion.streamed = undefined;
    for (let count = 0; count < 24; count += 1) {
      const message = new SetAttitudeTarget();
      message.targetSystem = 7;
      message.typeMask = mask;
      message.q = [1, 0, 0, 0];
      message.thrust = companion.vehicle.autopilot.control.hover.value;
      Object.assign(message, fields);
      companion.send(message);
      companion.run(0.05);
    }
    return companion;
  };

  it('turns at them, and nothing levels it', () => {
    const companion = turned(ATTITUDE_IGNORED, { bodyPitchRate: -0.2, bodyYawRate: 0.5 });
    const { attitude } = companion.vehicle.quadrotor;
    expect(companion.mode).toBe('OFFBOARD');
    expect(pitchOf(attitude)).toBeCloseTo(-0.22, 1);
    expect(yawOf(attitude)).toBeGreaterThan(0.4);
  });

  it('an attitude beside them wins; without pitch or roll they are no setpoint', () => {
    expect(pitchOf(turned(0, { bodyPitchRate: -0.2 }).vehicle.quadrotor.attitude)).toBeCloseTo(
      0,
      1,
    );
    expect(turned(ATTITUDE_IGNORED | 2, { bodyRollRate: 0.1 }).mode).toBe('AUTO_RTL');
    expect(turned(ATTITUDE_IGNORED | 4, { bodyYawRate: 9 }).mode).toBe('OFFBOARD');
    const boundless = Number.POSITIVE_INFINITY;
    expect(turned(ATTITUDE_IGNORED, { bodyRollRate: boundless }).mode).toBe('AUTO_RTL');
  });

  it('a thrust that is no number is none', () => {
    const companion = turned(ATTITUDE_IGNORED, { thrust: Number.NaN });
    expect(companion.vehicle.quadrotor.heightM()).toBeLessThan(0.2);
  });
});
