import { describe, expect, it } from 'vitest';

import { goalOf, searchMission } from './harness/missions.ts';
import { Swarm, type SwarmOptions } from './harness/swarm.ts';

const FLEET = [1, 2, 3, 4, 5];
const LIMIT_S = 300;

const swarmOf = (changes: Partial<SwarmOptions> = {}): Swarm =>
  new Swarm({
    seed: 3,
    drones: 5,
    loss: 0.2,
    goal: goalOf(searchMission(125, 200), FLEET),
    targets: 3,
    ...changes,
  });

describe('when something fails', () => {
  it('the others take over the tasks of a drone that falls silent', () => {
    const swarm = swarmOf({ seed: 21 });
    swarm.sendGoal();
    swarm.run(LIMIT_S, () => swarm.member(2).mind.execution !== null);
    const task = swarm.member(2).mind.execution!.task.id;
    swarm.killMind(2);
    swarm.silent.add(2);
    const others = swarm.members.filter((one) => one.sysid !== 2);
    swarm.run(LIMIT_S, () => others.every((one) => one.drone.phase === 'landed'));
    expect(others.map((one) => one.note?.over)).toEqual(Array(4).fill('search complete'));
    const done = swarm.reports.find((one) => one.task === task && one.state === 'done');
    expect(done?.owner).not.toBe(2);
    expect(done?.claimEpoch).toBe(2);
  });

  it('a mind that was killed and restarted goes on in the air and loses no look', () => {
    const swarm = swarmOf({ seed: 22 });
    swarm.sendGoal();
    swarm.run(55);
    const member = swarm.member(1);
    const looksBefore = [...member.mind.counts.byAuthor.get(1)!.values()];
    expect(looksBefore.length).toBeGreaterThan(2);
    swarm.killMind(1);
    swarm.run(1);
    swarm.restartMind(1);
    swarm.run(3);
    expect(member.note?.phase).toBe('work');
    expect(member.mind.counts.byAuthor.get(1)!.size).toBeGreaterThanOrEqual(looksBefore.length);
    swarm.run(LIMIT_S, () => swarm.allLanded);
    expect(swarm.allLanded).toBe(true);
  });

  it('a drone without eyes takes no task, and its mission is done by the rest', () => {
    const swarm = swarmOf({ seed: 23 });
    swarm.sendGoal();
    swarm.run(40);
    swarm.member(3).camera.working = false;
    swarm.run(7);
    expect(swarm.member(3).mind.execution).toBeNull();
    expect(swarm.member(3).mind.auction.path).toEqual([]);
    swarm.run(LIMIT_S, () => swarm.allLanded);
    expect(swarm.allLanded).toBe(true);
    expect(swarm.member(1).note?.over).toBe('search complete');
  });

  it('a swarm without any eyes counts nothing and comes home', () => {
    const swarm = swarmOf({ seed: 24, drones: 2, goal: goalOf(searchMission(50, 100), [1, 2]) });
    swarm.sendGoal();
    swarm.run(15);
    const before = swarm.member(1).note?.progressPermille;
    for (const { camera } of swarm.members) camera.working = false;
    swarm.run(LIMIT_S, () => swarm.allLanded);
    expect(swarm.member(1).note?.progressPermille).toBe(before);
    expect(swarm.member(1).note?.over).toBe('detector silent');
  });

  it('two halves of a cut mesh both work on, and agree again after it heals', () => {
    const swarm = swarmOf({ seed: 25 });
    swarm.sendGoal();
    swarm.run(45);
    const isLeft = (member: number): boolean => member <= 2;
    swarm.cut = (from, to) => isLeft(from) !== isLeft(to);
    swarm.run(30);
    swarm.cut = undefined;
    swarm.run(5);
    const owners = (sysid: number): unknown[] =>
      [...swarm.member(sysid).mind.book]
        .filter(([, claim]) => claim.state !== 'done')
        .map(([task, claim]) => [task, claim.owner])
        .sort();
    for (const sysid of FLEET) expect(owners(sysid)).toEqual(owners(1));
    const executing = swarm.members.flatMap((one) => one.mind.execution?.task.id ?? []);
    expect(new Set(executing).size).toBe(executing.length);
    swarm.run(LIMIT_S, () => swarm.allLanded);
    for (const sysid of FLEET) expect(swarm.done(sysid)).toEqual(swarm.done(1));
  });

  it('a drone that cannot take off is passed over and its tasks are done', () => {
    const swarm = swarmOf({ seed: 26 });
    swarm.member(1).drone.canTakeOff = false;
    swarm.sendGoal();
    const others = swarm.members.slice(1);
    swarm.run(LIMIT_S, () => others.every((one) => one.drone.phase === 'landed'));
    expect(others.map((one) => one.note?.over)).toEqual(Array(4).fill('search complete'));
    swarm.run(2);
    expect(swarm.member(1).note?.phase).toBe('done');
  });

  it('an aborted drone stays out of the mission, a cancelled goal brings all home', () => {
    const swarm = swarmOf({ seed: 27 });
    swarm.sendGoal();
    swarm.run(45);
    swarm.member(4).drone.abort(swarm.nowMs);
    swarm.run(2);
    expect(swarm.member(4).note?.phase).toBe('out');
    expect(swarm.member(4).mind.execution).toBeNull();
    swarm.run(10);
    swarm.sendGoal({ ...goalOf(searchMission(125, 200), FLEET), cancelled: true });
    swarm.run(LIMIT_S, () => swarm.allLanded);
    expect(swarm.member(1).note?.over).toBe('goal cancelled');
    expect(swarm.member(4).note?.phase).toBe('done');
  });
});

describe('the planner behind a mind', () => {
  it('may never answer: the safe planner flies the whole mission', () => {
    const swarm = swarmOf({
      drones: 2,
      goal: goalOf(searchMission(50, 100), [1, 2]),
      planMs: Infinity,
    });
    swarm.sendGoal();
    swarm.run(LIMIT_S, () => swarm.allLanded);
    expect(swarm.allLanded).toBe(true);
    expect(swarm.flags.get('late')).toBeGreaterThan(300);
  });

  it('may distrust its model: every such moment is flagged and flown safely', () => {
    const swarm = swarmOf({
      drones: 2,
      goal: goalOf(searchMission(50, 100), [1, 2]),
      tripped: true,
    });
    swarm.sendGoal();
    swarm.run(30);
    expect(swarm.flags.get('tripped')).toBeGreaterThan(50);
    expect(swarm.flags.get('late') ?? 0).toBeLessThan(5);
    expect(swarm.member(1).mind.steering.current?.source).toBe('safe');
  });

  it.each([
    ['turn back in the air', 2],
    ['take off again', 120],
  ])('after an abort a newer goal is flown: they %s', (_, laterS) => {
    const fleet = [1, 2];
    const mission = searchMission(75, 100);
    const swarm = swarmOf({ drones: 2, loss: 0, goal: goalOf(mission, fleet), seed: 8 });
    swarm.sendGoal();
    swarm.run(60, () => swarm.members.every((one) => one.note?.phase === 'work'));
    for (const one of swarm.members) one.drone.abort(swarm.nowMs);
    swarm.run(laterS);
    expect(swarm.members.map((one) => one.drone.phase)).not.toContain('offboard');
    swarm.sendGoal(goalOf(mission, fleet, 2));
    swarm.run(60, () => swarm.members.every((one) => one.note?.phase === 'work'));
    expect(swarm.members.map((one) => one.drone.phase)).toEqual(['offboard', 'offboard']);
    swarm.run(LIMIT_S, () => swarm.allLanded);
    expect(swarm.members.map((one) => one.note?.over)).toEqual(Array(2).fill('search complete'));
  });
});
