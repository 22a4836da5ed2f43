import { MavCmd, MavMissionType } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';
import { at, ready, upload, X, Y } from './flown-plan.ts';
import type { ItemSketch } from './mission-client.ts';

const { MISSION, FENCE } = MavMissionType;

const circle: ItemSketch = {
  command: MavCmd.NAV_FENCE_CIRCLE_INCLUSION,
  frame: 0,
  params: [20, 0, 0, 0],
  x: X,
  y: Y,
};

describe('AUTO.MISSION', () => {
  it('is denied without a mission; with one it arms, flies, follows its jump, lands and ends', () => {
    const companion = ready();
    expect(companion.command(MavCmd.MISSION_START)).toBe(2);
    const jump: ItemSketch = { command: MavCmd.DO_JUMP, frame: 2, params: [1, 1, 0, 0] };
    const items = [at(0, MavCmd.NAV_TAKEOFF), at(2), at(0), jump, at(0, MavCmd.NAV_LAND, 0)];
    expect(upload(companion, items, MISSION)).toBe(0);
    expect(companion.command(MavCmd.MISSION_START)).toBe(0);
    const { plans, mission } = companion.vehicle.autopilot.navigator;
    const visited: number[] = [];
    companion.runUntil(() => {
      if (visited.at(-1) !== plans.currentSeq) visited.push(plans.currentSeq);
      return !companion.armed;
    }, 180);
    expect(visited).toEqual([0, 1, 2, 1, 2, 4]);
    expect(mission.progress).toMatchObject({ reachedSeq: 4, finished: true });
  });

  it('ends in the air in LOITER at its last item; none in the air is temporarily rejected', () => {
    const companion = ready();
    upload(companion, [at(0, MavCmd.NAV_TAKEOFF), at(2)], MISSION);
    companion.command(MavCmd.MISSION_START);
    companion.runUntil(() => companion.mode === 'AUTO_LOITER', 90);
    companion.run(10);
    expect(companion.vehicle.quadrotor.positionNed.x).toBeGreaterThan(16);
    expect(companion.vehicle.quadrotor.positionNed.x).toBeLessThan(24);
    upload(companion, [], MISSION);
    companion.run(0.1);
    expect(companion.setMode('AUTO_MISSION')).toBe(1);
  });
});

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
});
