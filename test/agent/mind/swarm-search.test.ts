import { describe, expect, it } from 'vitest';

import { cellKey } from '#agent/mind/mission/grid.ts';
import { mindReplayable } from '#agent/mind/replay.ts';
import { encodeMindStart } from '#agent/mind/codec.ts';
import { straightPlan } from './harness/drone.ts';
import { goalOf, searchMission } from './harness/missions.ts';
import { Swarm, type SwarmOptions } from './harness/swarm.ts';

const FLEET = [1, 2, 3, 4, 5];

const swarmOf = (changes: Partial<SwarmOptions> = {}): Swarm =>
  new Swarm({
    seed: 3,
    drones: 5,
    loss: 0.2,
    goal: goalOf(searchMission(125, 200), FLEET),
    targets: 3,
    ...changes,
  });

const LIMIT_S = 300;

const completions = (swarm: Swarm): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { task, state } of swarm.reports) {
    if (state === 'done') counts.set(task, (counts.get(task) ?? 0) + 1);
  }
  return counts;
};

const cellKeys = (swarm: Swarm): string[] =>
  swarm.findings.map((finding) => `${finding.row}:${finding.column}`);

describe('five minds search an area', () => {
  it('finish together without a leader over a mesh that loses every fifth message', () => {
    const swarm = swarmOf();
    swarm.run(2);
    swarm.sendGoal();
    const takenS = swarm.run(LIMIT_S, () => swarm.allLanded);
    expect(swarm.allLanded, `after ${takenS} s`).toBe(true);
    swarm.run(1);
    for (const member of swarm.members) {
      expect(member.note).toMatchObject({ phase: 'done', over: 'search complete' });
      expect(member.note?.progressPermille).toBeGreaterThanOrEqual(980);
    }
    expect(new Set(cellKeys(swarm)).size).toBe(swarm.findings.length);
    for (const { confidence, looks } of swarm.findings) {
      expect(confidence).toBeGreaterThanOrEqual(0.95);
      expect(looks).toBeGreaterThanOrEqual(2);
    }
  });

  it('record at most one completion of a task that all agree on', () => {
    const swarm = swarmOf({ seed: 5 });
    swarm.sendGoal();
    swarm.run(LIMIT_S, () => swarm.allLanded);
    swarm.run(5);
    for (const sysid of FLEET) expect(swarm.done(sysid)).toEqual(swarm.done(1));
    const lanes = swarm.done(1).filter((task) => task.startsWith('lane'));
    expect(lanes.length).toBeGreaterThan(0);
    const counts = completions(swarm);
    for (const lane of lanes) expect([lane, counts.get(lane)]).toEqual([lane, 1]);
  });

  it('fly what they are at to its end when the wanted share is reached, and begin nothing more', () => {
    for (const seed of [3, 4, 5, 6]) {
      const mission = searchMission(125, 200);
      mission.search!.searchedFraction = 0.7;
      const swarm = swarmOf({ seed, goal: goalOf(mission, FLEET) });
      swarm.sendGoal();
      const share = (): number =>
        Math.min(...swarm.members.map(({ note }) => note?.progressPermille ?? 0));
      swarm.run(LIMIT_S, () => share() >= 700);
      const before = swarm.reports.filter(({ state }) => state === 'executing').length;
      swarm.run(LIMIT_S, () => swarm.allLanded);
      const lanes = (state: string): string[] =>
        swarm.reports
          .filter((report) => report.state === state && report.task.startsWith('lane'))
          .map(({ task }) => task);
      const begun = new Set(lanes('executing'));
      expect([...begun].filter((lane) => !lanes('done').includes(lane))).toEqual([]);
      const after = swarm.reports.filter(({ state }) => state === 'executing').slice(before);
      expect(after.filter(({ task }) => task.startsWith('lane'))).toEqual([]);
      expect(share()).toBeLessThan(1000);
    }
  });

  it('settle what one of them sees on the way home: that one turns back, the others do not', () => {
    const swarm = swarmOf({ targets: 0 });
    swarm.sendGoal();
    swarm.run(LIMIT_S, () => swarm.members.some(({ note }) => note?.phase === 'home'));
    const finder = swarm.members.find(({ note }) => note?.phase === 'home')!;
    const { see } = finder.camera;
    const seen: string[] = [];
    finder.camera.see = (position) =>
      see.call(finder.camera, position).map((look) => {
        const place = `${look.row}:${look.column}`;
        const isCell = finder.mind.goal!.grid.keys.has(cellKey(look.row, look.column));
        if (seen.length === 0 && isCell && finder.note?.phase === 'home') seen.push(place);
        return { ...look, detected: look.detected || seen.includes(place) };
      });
    const wentHome = new Set<number>();
    const turnedBack = new Set<number>();
    swarm.run(LIMIT_S, () => {
      for (const { sysid, note } of swarm.members) {
        if (note?.phase === 'home') wentHome.add(sysid);
        if (note?.phase === 'work' && wentHome.has(sysid)) turnedBack.add(sysid);
      }
      return swarm.allLanded;
    });
    expect(seen).toHaveLength(1);
    expect(cellKeys(swarm)).toContain(seen[0]);
    expect([...turnedBack]).toEqual([finder.sysid]);
    expect(swarm.members.map((one) => one.note?.over)).toEqual(Array(5).fill('search complete'));
  });

  it('take off and land one after the other', () => {
    const swarm = swarmOf({ seed: 8 });
    swarm.sendGoal();
    const armedMs = new Map<number, number>();
    const descentMs = new Map<number, number>();
    swarm.run(LIMIT_S, () => {
      for (const { sysid, drone, note } of swarm.members) {
        if (note?.phase === 'descend' && !descentMs.has(sysid)) descentMs.set(sysid, swarm.nowMs);
        if (drone.armed && !armedMs.has(sysid)) armedMs.set(sysid, swarm.nowMs);
      }
      return swarm.allLanded;
    });
    const order = [...armedMs].sort(([, a], [, b]) => a - b);
    expect(order.map(([sysid]) => sysid)).toEqual(FLEET);
    for (const [index, [, atMs]] of order.entries()) {
      if (index > 0) expect(atMs - order[index - 1]![1]).toBeGreaterThanOrEqual(2800);
    }
    const down = [...descentMs.values()].sort((a, b) => a - b);
    expect(down).toHaveLength(5);
    for (const [index, atMs] of down.entries()) {
      if (index > 0) expect(atMs - down[index - 1]!).toBeGreaterThanOrEqual(2800);
    }
  });

  it('give the same story for the same seed, and another for another', () => {
    const story = (seed: number): string => {
      const swarm = swarmOf({ seed });
      swarm.sendGoal();
      swarm.run(60);
      return JSON.stringify([swarm.reports, swarm.members.map((one) => one.drone.position)]);
    };
    expect(story(11)).toBe(story(11));
    expect(story(12)).not.toBe(story(11));
  });

  it('can be replayed from their records, bit for bit', () => {
    const swarm = swarmOf({ record: true });
    swarm.sendGoal();
    swarm.run(70);
    const member = swarm.member(2);
    const mind = mindReplayable(straightPlan).create(encodeMindStart(member.options));
    for (const tick of member.log) {
      const again = mind.tick(tick.nowMs, tick.inbox);
      expect(Buffer.compare(again, tick.outbox), `at ${tick.nowMs}`).toBe(0);
    }
    expect(member.log.length).toBeGreaterThan(600);
  });
});
