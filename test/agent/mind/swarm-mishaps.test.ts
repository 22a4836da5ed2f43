import { describe, expect, it } from 'vitest';

import { seededRandom, type Random } from '#protocols/random.ts';
import { goalOf, searchMission } from './harness/missions.ts';
import { Swarm } from './harness/swarm.ts';

const FLEET = [1, 2, 3, 4, 5];

/** Four mishaps at random times; at most two drones are lost for good. */
const mishaps = (swarm: Swarm, random: Random): Set<number> => {
  const lost = new Set<number>();
  for (let count = 0; count < 4; count += 1) {
    swarm.run(5 + 20 * random.uniform());
    const member = 1 + Math.floor(5 * random.uniform());
    const kind = Math.floor(4 * random.uniform());
    if (lost.has(member)) continue;
    if (kind === 0) {
      swarm.killMind(member);
      swarm.run(1 + 4 * random.uniform());
      swarm.restartMind(member);
    } else if (kind === 1 && lost.size < 2) {
      swarm.killMind(member);
      swarm.silent.add(member);
      lost.add(member);
    } else if (kind === 2) {
      swarm.silent.add(member);
      swarm.run(10 * random.uniform());
      swarm.silent.delete(member);
    } else {
      const cut = member;
      swarm.cut = (a, b) => a <= 5 && b <= 5 && a <= cut !== b <= cut;
      swarm.run(20 * random.uniform());
      swarm.cut = undefined;
    }
  }
  return lost;
};

describe('whatever happens on the way', () => {
  it.each([101, 107, 113, 119])('the drones that are left finish (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const goal = goalOf(searchMission(125, 200), FLEET);
    const swarm = new Swarm({ seed, drones: 5, loss: 0.5 * random.uniform(), goal, targets: 3 });
    swarm.sendGoal();
    const lost = mishaps(swarm, random);
    const left = swarm.members.filter((one) => !lost.has(one.sysid));
    swarm.run(300, () => left.every((one) => one.drone.phase === 'landed'));
    swarm.run(3);
    for (const { sysid, note } of left) {
      expect(note).toMatchObject({ phase: 'done', over: 'search complete' });
      expect(swarm.done(sysid)).toEqual(swarm.done(left[0]!.sysid));
    }
  });
});
