import { describe, expect, it } from 'vitest';

import type { Received } from '#protocols/channel/mesh-messages.ts';
import { encodeFrame, openFrame } from '#protocols/gossip/fast-frame.ts';
import { HEARS, levelOf } from '#protocols/gossip/fast-hearing.ts';
import type { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { SimulatedLink } from '#protocols/gossip/simulated-link.ts';
import { seededRandom } from '#protocols/random.ts';
import { calm, DRONES, Swarm } from './swarm-on-air.ts';
import { Cast, durableOf, intentOf, OPERATOR, reportOf } from './swarm-story.ts';

const cast = new Cast(true);

/** One transmission for all: each hears it with the chance 1 − loss, unless it is deaf to the sender. */
const radio = (
  loss: number,
  deaf: (from: number, to: number) => boolean = () => false,
): SimulatedLink => {
  const random = seededRandom(17);
  return {
    delayMs: (_hop, hops) => 5 + 20 * hops.uniform(),
    cast: ({ from, to }, arrive) => {
      for (const other of to) {
        if (!deaf(from, other) && random.uniform() >= loss) arrive(other, 2 + 6 * random.uniform());
      }
    },
  };
};

const flying = (swarm: Swarm): void => {
  if (swarm.air.nowMs % 200 >= 50) return;
  for (const id of DRONES) {
    const { session } = swarm.players.get(id)!;
    session.publish({ topic: 'intent', payload: intentOf(Math.round(swarm.timeOf(id))) });
  }
};

/** Shares of words of a topic, of those that drones said, heard at all and within 100 ms by other drones. */
const hearing = (swarm: Swarm): { heard: number; prompt: number; said: number } => {
  let heard = 0;
  let prompt = 0;
  for (const id of DRONES) {
    for (const one of swarm.players.get(id)!.received) {
      if (one.topic !== 'intent' || one.author === id) continue;
      heard += 1;
      const lateMs = swarm.airMs(id, one.receivedMs) - swarm.airMs(one.author, one.sentMs);
      if (lateMs <= 100) prompt += 1;
    }
  }
  const said = DRONES.reduce((sum, id) => sum + swarm.players.get(id)!.intents, 0) * 4;
  return { heard: heard / said, prompt: prompt / said, said };
};

const bytesOut = (swarm: Swarm): number =>
  DRONES.reduce((sum, id) => sum + swarm.session(id).status().bytesOut, 0);

describe('the fast lane', () => {
  it('brings nearly every promise within 100 ms though three frames of ten are lost', () => {
    const swarm = new Swarm(cast, radio(0.3));
    swarm.run(5000, flying);
    swarm.forget();
    swarm.run(30_000, flying);
    const { heard, prompt, said } = hearing(swarm);
    expect(said).toBeGreaterThan(2500);
    expect(heard).toBeGreaterThan(0.98);
    expect(prompt).toBeGreaterThan(0.95);
  });

  it('costs a fraction of gossip, where all hear each other', () => {
    const [with_, without] = [new Swarm(cast, radio(0)), new Swarm(new Cast(), calm)];
    for (const swarm of [with_, without]) swarm.run(60_000, flying);
    expect(hearing(with_).heard).toBeGreaterThan(0.99);
    expect(bytesOut(with_)).toBeLessThan(bytesOut(without) / 2);
  });

  it('is done without by whoever has no key, and gossip carries on', () => {
    const swarm = new Swarm(new Cast(), radio(0));
    swarm.run(10_000, flying);
    expect(swarm.session(1).member.lane).toBeUndefined();
    expect(hearing(swarm).heard).toBeGreaterThan(0.9);
  });

  it('leaves to gossip those who are deaf to it, and says it again around a deaf pair', () => {
    const deafFive = new Swarm(
      cast,
      radio(0, (_from, to) => to === 5),
    );
    deafFive.run(5000, flying);
    deafFive.forget();
    deafFive.run(20_000, flying);
    const five = deafFive.players.get(5)!.received.filter(({ topic }) => topic === 'intent');
    // Gossip's pace with seven members is 300 ms, so every second promise is told.
    expect(five.length).toBeGreaterThan(4 * 20 * 2);
    const pair = new Swarm(
      cast,
      radio(0, (from, to) => from + to === 3),
    );
    pair.run(5000, flying);
    pair.forget();
    pair.run(10_000, flying);
    expect(hearing(pair).prompt).toBeGreaterThan(0.97);
    expect(pair.session(3).member.lane!.counts.relayed).toBeGreaterThan(0);
  });

  it('says an order until every drone within hearing has obeyed, and no longer', () => {
    // Nothing but the lane: no gossip gets through.
    const swarm = new Swarm(cast, { ...radio(0.6), delayMs: () => undefined });
    swarm.run(3000);
    const abort = { kind: 'abort', confirmed: false, number: 1, targets: [] } as const;
    const { session } = swarm.players.get(OPERATOR)!;
    session.publish({ topic: 'directive', payload: { ...abort, targets: [] } }, true);
    swarm.run(2000);
    for (const id of DRONES) {
      const heard = swarm.players.get(id)!.received.filter(({ topic }) => topic === 'directive');
      expect(heard).toHaveLength(1);
    }
    swarm.run(10_000);
    const before = session.member.lane!.counts.framesOut;
    swarm.run(5000);
    expect(session.member.orders.own).toBeUndefined();
    // Its own beacons, once a second.
    expect(session.member.lane!.counts.framesOut - before).toBeLessThanOrEqual(6);
  });

  it('brings what lasts to all within two seconds at three losses of ten', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const swarm = new Swarm(cast, radio(0.3), undefined, seed);
      swarm.run(2000, flying);
      for (const id of DRONES) swarm.session(id).publish(reportOf(id, `lane:${id}`));
      swarm.run(2000, flying);
      expect(swarm.states().size).toBe(1);
      expect(durableOf(swarm.session(1).member).length).toBeGreaterThanOrEqual(DRONES.length);
    }
  });

  it('shuts out whoever a newer roster leaves out: it cannot read what the others say', () => {
    const swarm = new Swarm(cast, radio(0));
    swarm.run(2000, flying);
    swarm.session(OPERATOR).introduceRoster(cast.signedRoster(2, [1, 2, 4, 5, OPERATOR]));
    swarm.run(3000, flying);
    swarm.forget();
    swarm.run(5000, flying);
    expect(swarm.players.get(3)!.received).toEqual([]);
    expect(swarm.players.get(1)!.received.map(({ author }) => author)).not.toContain(3);
    expect(swarm.session(1).member.lane!.rosterEpoch).toBe(2);
  });

  it('takes nothing from a replayed frame, nor from noise', () => {
    const swarm = new Swarm(cast, radio(0));
    swarm.run(3000, flying);
    const { frames } = swarm.players.get(2)!;
    expect(frames.length).toBeGreaterThan(50);
    const one = swarm.players.get(1)!;
    const before = one.received.length;
    const heardMs = one.session.heardMs(2);
    for (const bytes of frames.splice(0)) one.session.onCast(bytes);
    one.session.onCast(new Uint8Array(300).fill(0x46));
    expect(one.received).toHaveLength(before);
    expect(one.session.heardMs(2)).toBe(heardMs);
  });

  it('does not hear a sender straight because somebody plays its frames again', () => {
    // 1 hears 2 only as others say it again.
    const swarm = new Swarm(
      cast,
      radio(0, (from, to) => from === 2 && to === 1),
    );
    const play = (session: MeshSession, frames: readonly Uint8Array[]): void => {
      for (const bytes of frames) {
        const asNew = Uint8Array.from(bytes);
        asNew[1] = 0;
        session.onCast(asNew);
      }
    };
    const one = swarm.players.get(1)!;
    const levels = new Set<number>();
    let played: Uint8Array[] = [];
    swarm.run(10_000, () => {
      flying(swarm);
      if (swarm.air.nowMs % 500 !== 0) return;
      play(one.session, played);
      played = one.frames.splice(0);
      if (swarm.air.nowMs < 3000) return;
      const { lane } = one.session.member;
      levels.add(levelOf(lane!.peers.get(2), one.session.status().nowMs));
    });
    expect([...levels]).toEqual([HEARS.byRelay]);
  });

  it('keeps apart what is said in a name on this lane from what its owner says on others', () => {
    const swarm = new Swarm(cast, radio(0));
    swarm.run(3000, flying);
    swarm.session(OPERATOR).introduceRoster(cast.signedRoster(2, [1, 2, 4, 5, OPERATOR]));
    swarm.run(3000, flying);
    const one = swarm.players.get(1)!;
    const { member } = one.session;
    const { lane } = member;
    const forged = openFrame(one.frames.at(-1)!, lane!.key)!;
    let counter = 0;
    const flood = (rosterEpoch: number, key: Uint8Array): void => {
      for (let time = 0; time < 100; time += 1) {
        const frame = { ...forged, sender: 2, bootEpoch: 9, rosterEpoch, counter: (counter += 1) };
        const bundle = Uint8Array.from(forged.bundle);
        bundle.fill(0xff, 20, 28);
        one.session.onCast(encodeFrame({ ...frame, bundle }, key));
      }
    };
    const spokenMs = (word: Received, author: number): number =>
      word.author === author && word.topic === 'intent' ? word.receivedMs : -Infinity;
    const newest = (): number => Math.max(...one.received.map((word) => spokenMs(word, 2)));
    const oldestMs = (forMs: number, during: () => void): number => {
      let most = 0;
      swarm.run(forMs, () => {
        flying(swarm);
        during();
        most = Math.max(most, one.session.status().nowMs - newest());
      });
      return most;
    };
    // Whoever was left out has the former key still: it costs those who speak under the new one nothing.
    expect(oldestMs(5000, () => flood(1, lane!.former!.key))).toBeLessThan(500);
    // One of the group can drown another's frames, until gossip takes over.
    oldestMs(4000, () => flood(2, lane!.key));
    expect(oldestMs(5000, () => flood(2, lane!.key))).toBeLessThan(1500);
  });
});
