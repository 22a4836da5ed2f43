import { MavCmd, MavMissionType } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';
import { at, ready, upload, X, Y } from './flown-plan.ts';
import type { ItemSketch } from './mission-client.ts';

const { FENCE } = MavMissionType;

const circleOf = (command: MavCmd, radiusM: number, north = 0, east = 0): ItemSketch => ({
  command,
  frame: 0,
  params: [radiusM, 0, 0, 0],
  x: X + Math.round(north * 89.9),
  y: Y + Math.round(east * 132.8),
});

const circle = circleOf(MavCmd.NAV_FENCE_CIRCLE_INCLUSION, 20);

/** A polygon of corners in tens of metres north and east. */
const polygon = (command: MavCmd, ...corners: [number, number][]): ItemSketch[] =>
  corners.map(([north, east]) => ({
    ...at(north, command, 0, east),
    params: [corners.length, 0, 0, 0],
  }));

const square = polygon(
  MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION,
  [-2, -2],
  [-2, 2],
  [2, 2],
  [2, -2],
);

const flown = (
  parameters: Record<string, number>,
  fence: ItemSketch[],
  profile: '1.15' | '1.18' = '1.18',
): Companion => {
  const companion = new Companion({
    scenario: { profile },
    vehicle: { parameters: { MIS_TAKEOFF_ALT: 10, ...parameters } },
  });
  companion.takeOff();
  if (fence.length > 0) expect(upload(companion, fence, FENCE)).toBe(0);
  companion.run(0.5);
  return companion;
};

describe('the geofence', () => {
  it.each([
    [2, 'AUTO_LOITER'],
    [3, 'AUTO_RTL'],
    [5, 'AUTO_LAND'],
  ] as const)('GF_ACTION %i makes it %s; OFFBOARD sent again takes over', (action, mode) => {
    const companion = new Companion({ vehicle: { parameters: { GF_ACTION: action } } });
    companion.takeOff();
    expect(upload(companion, [circle], FENCE)).toBe(0);
    companion.run(0.5);
    companion.flyOffboard(5, 0, 0);
    companion.runUntil(() => companion.mode === mode, 40);
    expect(companion.vehicle.quadrotor.positionNed.x).toBeGreaterThan(18);
    companion.setMode('OFFBOARD');
    companion.run(1);
    expect(companion.mode).toBe('OFFBOARD');
  });

  it('does nothing with GF_ACTION 0', () => {
    const companion = new Companion({ vehicle: { parameters: { GF_ACTION: 0 } } });
    companion.takeOff();
    upload(companion, [circle], FENCE);
    companion.flyOffboard(5, 0, 0);
    companion.run(12);
    expect(companion.vehicle.quadrotor.positionNed.x).toBeGreaterThan(25);
    expect(companion.mode).toBe('OFFBOARD');
  });

  it('GF_ACTION 1 only warns, 4 stops the motors', () => {
    const warned = flown({ GF_ACTION: 1 }, [circle]);
    warned.flyOffboard(5, 0, 0);
    warned.run(12);
    expect(warned.mode).toBe('OFFBOARD');
    expect(warned.vehicle.autopilot.commander.failsafe.action).toBe('warn');
    const ended = flown({ GF_ACTION: 4 }, [circle]);
    ended.flyOffboard(5, 0, 0);
    ended.runUntil(() => ended.mode === 'TERMINATION', 40);
    ended.run(3);
    expect(ended.vehicle.quadrotor.totalThrustN()).toBeLessThan(0.01);
  });

  it.each([
    [3, 0],
    [5, 22],
  ])('GF_ACTION %i: flown to its end it lands %i m north', (action, north) => {
    const companion = flown({ GF_ACTION: action, RTL_RETURN_ALT: 12 }, [circle]);
    companion.flyOffboard(4, 0, 0);
    companion.runUntil(() => !companion.armed, 120);
    expect(Math.abs(companion.vehicle.quadrotor.positionNed.x - north)).toBeLessThan(8);
  });

  it.each([
    ['a polygon to stay in', square],
    ['a circle to stay out of', [circleOf(MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, 10, 30)]],
    [
      'a polygon to stay out of',
      polygon(MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION, [2, -1], [2, 1], [4, 1], [4, -1]),
    ],
  ])('%s: it holds where it noticed', (_what, fence) => {
    const companion = flown({}, fence);
    companion.flyOffboard(3, 0, 0);
    companion.runUntil(() => companion.mode === 'AUTO_LOITER', 40);
    const { positionNed } = companion.vehicle.quadrotor;
    expect(Math.abs(positionNed.x - 20)).toBeLessThan(3);
    companion.run(10);
    expect(Math.abs(positionNed.x - 20)).toBeLessThan(3);
  });

  it('GF_MAX_HOR_DIST and GF_MAX_VER_DIST count from home', () => {
    const far = flown({ GF_MAX_HOR_DIST: 25 }, []);
    far.flyOffboard(3, 0, 0);
    far.runUntil(() => far.mode === 'AUTO_LOITER', 40);
    expect(Math.abs(far.vehicle.quadrotor.positionNed.x - 25)).toBeLessThan(3);
    const high = flown({ GF_MAX_VER_DIST: 15 }, []);
    high.flyOffboard(0, 0, -2);
    high.runUntil(() => high.mode === 'AUTO_LOITER', 40);
    expect(Math.abs(high.vehicle.quadrotor.positionNed.z + 15)).toBeLessThan(2);
  });

  it('outside of it PX4 does not arm', () => {
    const companion = ready();
    upload(companion, [circle], FENCE);
    companion.run(0.5);
    expect(
      companion.vehicle.autopilot.commander.canArm(companion.vehicle.autopilot.situation),
    ).toBe(true);
    // The circle is valid when it comes; then the vehicle finds itself elsewhere.
    upload(companion, [circleOf(MavCmd.NAV_FENCE_CIRCLE_INCLUSION, 4)], FENCE);
    companion.run(0.5);
    companion.vehicle.injure({
      kind: 'estimateReset',
      northM: 8,
      eastM: 0,
      downM: 0,
      yawDeg: 0,
      origin: 'stays',
    });
    companion.runUntil(() => companion.vehicle.autopilot.navigator.geofence.breached, 1);
    expect(companion.arm()).toBe(1);
  });
});

describe('GF_SOURCE', () => {
  it.each([
    [0, 'AUTO_LOITER', true],
    [1, 'AUTO_LOITER', false],
  ] as const)(
    '%i: when the estimate jumps over the fence it is in %s, breached: %s',
    (source, mode, breached) => {
      const companion = flown({ GF_SOURCE: source }, [circle]);
      companion.vehicle.injure({
        kind: 'estimateReset',
        northM: 30,
        eastM: 0,
        downM: 0,
        yawDeg: 0,
        origin: 'stays',
      });
      companion.run(0.5);
      expect(companion.mode).toBe(mode);
      expect(companion.vehicle.autopilot.navigator.geofence.breached).toBe(breached);
    },
  );
});

describe('GF_PREDICT', () => {
  const northmost = (predict: number, profile: '1.15' | '1.18' = '1.15'): number => {
    const parameters = profile === '1.15' ? { GF_PREDICT: predict } : {};
    const wide = circleOf(MavCmd.NAV_FENCE_CIRCLE_INCLUSION, 70);
    const companion = flown(parameters, [wide], profile);
    companion.flyOffboard(6, 0, 0);
    const { positionNed } = companion.vehicle.quadrotor;
    let most = 0;
    companion.runUntil(() => {
      most = Math.max(most, positionNed.x);
      return companion.mode === 'AUTO_LOITER';
    }, 40);
    companion.runUntil(() => {
      most = Math.max(most, positionNed.x);
      return Math.abs(companion.vehicle.quadrotor.velocityNed.x) < 0.3;
    }, 20);
    return most;
  };

  it('stops before the fence, where without it the vehicle overshoots', () => {
    expect(northmost(0)).toBeGreaterThan(71);
    expect(northmost(1)).toBeLessThan(69);
    // v1.18 has no such parameter.
    expect(northmost(0, '1.18')).toBeGreaterThan(71);
  });

  it('keeps below GF_MAX_VER_DIST', () => {
    const companion = flown({ GF_PREDICT: 1, GF_MAX_VER_DIST: 40 }, [], '1.15');
    companion.flyOffboard(0, 0, -3);
    companion.runUntil(() => companion.mode === 'AUTO_LOITER', 40);
    const { positionNed } = companion.vehicle.quadrotor;
    let highestM = 0;
    for (let second = 0; second < 10; second += 1) {
      companion.run(1);
      highestM = Math.max(highestM, -positionNed.z);
    }
    expect(highestM).toBeLessThan(40);
  });
});
