import { MavCmd, MavMissionType } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { at, ready, upload } from './flown-plan.ts';
import type { ItemSketch } from './mission-client.ts';

const { MISSION } = MavMissionType;

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
