import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { entriesOf } from '#protocols/gossip/registers.ts';
import { openStagePlanner, Stage } from './stage.ts';

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openStagePlanner();
});
afterAll(() => planner.close());

const HONEST = [1, 3];

describe('outsiders', () => {
  it('thirty strangers dial three drones and their station: none gets in, nobody misses a word', async () => {
    const stage = new Stage(planner, 3, [
      { kind: 'sybil', atMs: 15_000, strangers: 30, dialsPerS: 20, forMs: 15_000 },
    ]);
    await stage.until(30_000);
    // They were there: their handshakes passed the air, to be refused for who they are.
    expect(stage.episode.airwaves.refusedHandshakes).toBeGreaterThan(200);
    expect(stage.admitted.filter(({ received }) => received.author >= 2000)).toEqual([]);
    expect(
      stage
        .session(1)
        .status()
        .peers.map(({ member }) => member),
    ).toEqual([2, 3, 1000]);
    expect(stage.delivered([1, 2, 3], 15_000)).toBeGreaterThan(0.99);
    expect(stage.broken).toEqual([]);
  });
});

describe('a member that has turned', () => {
  it('speaks in the names of others: nothing is taken in, no order obeyed', async () => {
    const stage = new Stage(planner, 3, [
      { kind: 'spoof', atMs: 15_000, sysid: 2, perS: 40, forMs: 15_000 },
    ]);
    await stage.until(30_000);
    expect(stage.episode.attacks.messages).toBeGreaterThan(500);
    for (const one of HONEST)
      expect(stage.session(one).status().messagesRejected).toBeGreaterThan(5);
    expect(stage.forgeries).toEqual([]);
    expect(stage.session(1).status().rosterEpoch).toBe(1);
    for (const one of HONEST) {
      expect(stage.episode.vehicle(one)!.autopilot.commander.mode).toBe('OFFBOARD');
    }
    expect(stage.broken).toEqual([]);
  });

  it('spoils what it hears at every layer: nothing breaks, and nobody else goes unheard', async () => {
    const stage = new Stage(planner, 3, [
      { kind: 'malformed', atMs: 15_000, sysid: 2, perS: 12, forMs: 15_000 },
    ]);
    await stage.until(32_000);
    expect(stage.episode.attacks.bytes).toBeGreaterThan(500_000);
    for (const one of HONEST)
      expect(stage.session(one).status().messagesRejected).toBeGreaterThan(5);
    const heard = stage.admitted.filter(
      ({ sysid, atMs, received }) => sysid === 1 && received.author === 3 && atMs > 15_000,
    );
    expect(heard.length).toBeGreaterThan(80);
    expect(stage.delivered(HONEST, 15_000)).toBeGreaterThan(0.99);
    expect(stage.broken).toEqual([]);
  });

  it('repeats what was said before: no copy is taken in a second time', async () => {
    const stage = new Stage(planner, 3, [
      {
        kind: 'replay',
        atMs: 9000,
        sysid: 2,
        recordMs: 6000,
        waitMs: 5000,
        perS: 60,
        forMs: 25_000,
      },
    ]);
    await stage.until(32_000);
    expect(stage.episode.attacks.messages).toBeGreaterThan(600);
    const old = stage.admitted.filter(
      ({ sysid, atMs, received }) =>
        sysid !== 2 && atMs > 20_000 && received.receivedMs > 0 && isOlder(stage, received, atMs),
    );
    expect(old).toEqual([]);
    const names = stage.admitted.map(
      ({ sysid, received }) => `${sysid} ${received.author} ${received.topic} ${received.sequence}`,
    );
    expect(new Set(names).size).toBe(names.length);
    expect(stage.broken).toEqual([]);
  });
});

/** Sent more than two seconds before it was taken in, by the simulation's own time. */
const isOlder = (
  { episode }: Stage,
  { author, sentMs }: { author: number; sentMs: number },
  atMs: number,
): boolean => {
  const clock = episode.drone(author)?.clock;
  if (clock === undefined) return false;
  const sinceSentMs = clock.monotonicMs() - sentMs - (episode.nowMs - atMs);
  return sinceSentMs > 2000;
};

describe('a member that lies about its work, within all rules of form', () => {
  /** When each honest mind stopped believing it, ms after the lie began; and whom it believes no more. */
  const caught = async (about: 'done' | 'looks') => {
    const stage = new Stage(planner, 3, [
      { kind: 'liar', atMs: 20_000, sysid: 2, about, forMs: 60_000 },
    ]);
    const afterMs = new Map<number, number>();
    for (let ms = 20_000; ms <= 36_000; ms += 200) {
      await stage.until(ms);
      for (const one of HONEST) {
        const { liars } = stage.episode.drone(one)!.mind;
        if (liars.includes(2) && !afterMs.has(one)) afterMs.set(one, ms - 20_000);
      }
    }
    const believed = HONEST.map((one) => stage.episode.drone(one)!.mind.liars);
    return { stage, believed, afterMs: [...afterMs.values()] };
  };

  it('has looked where it never was: believed no more within three seconds, by all', async () => {
    const { stage, believed, afterMs } = await caught('looks');
    expect(believed).toEqual([[2], [2]]);
    expect(Math.max(...afterMs)).toBeLessThanOrEqual(3000);
    expect(stage.broken).toEqual([]);
  });

  it('has done what nobody saw: believed no more once all looks must have arrived', async () => {
    const { stage, believed, afterMs } = await caught('done');
    expect(believed).toEqual([[2], [2]]);
    expect(Math.max(...afterMs)).toBeLessThanOrEqual(10_000);
    expect(stage.broken).toEqual([]);
  });

  it('is told from two honest drones on every kind of radio', async () => {
    for (const seed of [4, 5]) {
      const stage = new Stage(planner, seed, [], 3, 'P3');
      await stage.until(45_000);
      for (const { mind } of stage.episode.drones) expect(mind.liars).toEqual([]);
    }
  });
});

describe('a stolen key', () => {
  it('opens nothing five seconds after the authority took it back, however its thief tries', async () => {
    const stage = new Stage(planner, 3, [
      { kind: 'stolen-key', atMs: 14_000, sysid: 2, revokeAfterMs: 6000 },
    ]);
    await stage.until(35_000);
    const [revocation] = stage.episode.attacks.revocations;
    expect(revocation).toMatchObject({ member: 2, epoch: 2 });
    const fromThief = stage.admitted.filter(
      ({ sysid, received }) => sysid !== 2 && received.author === 2,
    );
    const before = fromThief.filter(({ atMs }) => atMs < revocation!.atMs);
    expect(before.length).toBeGreaterThan(40);
    const last = Math.max(...fromThief.map(({ atMs }) => atMs));
    expect(last - revocation!.atMs).toBeLessThan(1000);
    for (const one of HONEST) expect(stage.session(one).status().rosterEpoch).toBe(2);
    expect(stage.episode.airwaves.refusedHandshakes).toBeGreaterThan(3);
    expect(stage.broken).toEqual([]);
  });
});

describe('two operators who contradict each other', () => {
  it('order two missions at one moment: within three seconds all follow the same one', async () => {
    const stage = new Stage(planner, 3, [{ kind: 'rival', atMs: 20_000, over: 'goals' }]);
    await stage.until(24_000);
    const goals = [1, 2, 3].map((one) => {
      const [newest] = entriesOf(stage.session(one).member.admission.registers, 'goal')
        .map(({ goal }) => goal!)
        .sort((a, b) => b.epoch - a.epoch || b.issuer - a.issuer);
      return newest;
    });
    expect(goals).toEqual([goals[0], goals[0], goals[0]]);
    expect(goals[0]).toMatchObject({ issuer: 1001, epoch: 3 });
    const told = stage.admitted.filter(
      ({ atMs, received }) =>
        atMs > 20_000 && received.topic === 'beacon' && received.author < 1000,
    );
    const last = new Map(told.map(({ received }) => [received.author, received.payload]));
    for (const payload of last.values()) expect(payload).toMatchObject({ goal: { issuer: 1001 } });
    expect(stage.broken).toEqual([]);
  });

  it('one holds, the other resumes at one moment: all hold, whoever is heard first', async () => {
    const stage = new Stage(planner, 3, [{ kind: 'rival', atMs: 20_000, over: 'directives' }]);
    await stage.until(23_000);
    const told = stage.admitted.filter(({ received }) => received.topic === 'beacon');
    const phases = new Map(
      told.flatMap(({ received: { author, payload } }) =>
        'phase' in payload && author < 1000 ? [[author, payload.phase] as const] : [],
      ),
    );
    expect([...phases.values()]).toEqual(['holding', 'holding', 'holding']);
    expect(stage.broken).toEqual([]);
  });

  it('one calls all home, the other says go on: all come home', async () => {
    const stage = new Stage(planner, 3, [{ kind: 'rival', atMs: 20_000, over: 'abort' }]);
    await stage.until(25_000);
    for (const { sysid } of stage.episode.drones) {
      expect(stage.episode.vehicle(sysid)!.autopilot.commander.mode).toBe('AUTO_RTL');
    }
    expect(stage.broken).toEqual([]);
  });
});
