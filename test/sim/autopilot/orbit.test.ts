import { MavCmd, OrbitExecutionStatus } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';

const statuses = (companion: Companion, from = 0): OrbitExecutionStatus[] =>
  companion.received.slice(from).filter((message) => message instanceof OrbitExecutionStatus);

const orbit = (companion: Companion, radiusM: number, speedMps: number): number | undefined =>
  companion.command(MavCmd.DO_ORBIT, radiusM, speedMps, 0, 0, Number.NaN, Number.NaN, Number.NaN);

describe('DO_ORBIT', () => {
  it('begun at its centre it meets the circle where the vehicle drifts, and tells of it five times a second', () => {
    const companion = new Companion({ vehicle: { parameters: { MIS_TAKEOFF_ALT: 10 } } });
    companion.takeOff();
    companion.flyOffboard(0, -2, 0);
    companion.run(4);
    const { positionNed } = companion.vehicle.quadrotor;
    const centre = { ...positionNed };
    expect(orbit(companion, 12, 3)).toBe(0);
    const before = companion.received.length;
    companion.run(2);
    // It was on its way west.
    expect(positionNed.y - centre.y).toBeLessThan(-4);
    expect(Math.abs(positionNed.x - centre.x)).toBeLessThan(2);
    companion.run(10);
    const told = statuses(companion, before);
    expect(told.length).toBeGreaterThan(58);
    expect(told.length).toBeLessThan(63);
    expect(told.at(-1)!.radius).toBe(12);
    expect(told.at(-1)!.x / 1e7).toBeCloseTo(47.3977, 3);
    const gapM = Math.hypot(positionNed.x - centre.x, positionNed.y - centre.y);
    expect(gapM).toBeGreaterThan(10);
    expect(gapM).toBeLessThan(15);
    companion.setMode('AUTO_LOITER');
    const after = companion.received.length;
    companion.run(2);
    expect(statuses(companion, after)).toEqual([]);
  });

  it('counter-clockwise the radius is told as negative', () => {
    const companion = new Companion();
    companion.takeOff();
    orbit(companion, -12, 3);
    companion.run(1);
    expect(statuses(companion).at(-1)!.radius).toBe(-12);
  });

  it('on the ground the circle is lost: the least one, where it stands', () => {
    const companion = new Companion();
    companion.runUntil(() => companion.vehicle.autopilot.situation.positionTrusted, 40);
    companion.run(0.1);
    expect(orbit(companion, 10, 2)).toBe(0);
    companion.run(1);
    expect(statuses(companion).at(-1)!.radius).toBe(1);
  });
});
