import { describe, expect, it } from 'vitest';

import type { MeshSession } from '#protocols/gossip/mesh-session.ts';
import { encodeStoredState, restoreStoredState } from '#protocols/gossip/stored-state.ts';

import { calm, DRONES, lossy, Swarm, type Player } from './swarm-on-air.ts';
import {
  beaconOf,
  Cast,
  durableOf,
  intentOf,
  OPERATOR,
  reportOf,
  topicsOf,
} from './swarm-story.ts';

const cast = new Cast();

const heardAbort = (player: Player): boolean =>
  player.received.some((one) => one.topic === 'directive' && one.payload.kind === 'abort');

describe('a swarm on one air', () => {
  it('hears an order within the flight of a message, over members that relay it', () => {
    const swarm = new Swarm(cast, calm);
    swarm.partBetween([OPERATOR], [2, 3, 4, 5]);
    swarm.run(1000);
    const abort = { kind: 'abort', confirmed: false, number: 1, targets: [] } as const;
    swarm
      .session(OPERATOR)
      .publish({ topic: 'directive', payload: { ...abort, targets: [] } }, true);
    swarm.run(100);
    for (const id of DRONES) expect(heardAbort(swarm.players.get(id)!)).toBe(true);
  });

  it('numbers what departs, and nothing else: on a calm air nothing counts as lost', () => {
    const swarm = new Swarm(cast, calm);
    swarm.run(1000);
    for (let count = 0; count < 40; count += 1) {
      swarm.session(1).publish({ topic: 'intent', payload: intentOf(swarm.timeOf(1)) });
      swarm.run(200);
    }
    const one = swarm
      .session(2)
      .report()
      .peers.find(({ member }) => member === 1);
    expect(one?.loss).toBe(0);
  });

  it('loses nothing that must survive, though three messages of ten are lost on every hop', () => {
    const swarm = new Swarm(cast, lossy);
    swarm.run(500);
    swarm.order(1);
    for (const id of DRONES) {
      swarm.session(id).publish(reportOf(id, `lane:${id}`));
    }
    swarm.run(10_000);
    expect(swarm.states().size).toBe(1);
    expect(durableOf(swarm.session(1).member)).toHaveLength(1 + 1 + DRONES.length);
  });

  it('that was cut in two is of one mind again within five seconds of the heal', () => {
    const swarm = new Swarm(cast, calm);
    swarm.order(1);
    swarm.run(1000);
    swarm.partBetween([1, 2, OPERATOR], [3, 4, 5]);
    for (const id of DRONES) swarm.session(id).publish(reportOf(id, 'lane:1'));
    swarm.run(20_000);
    expect(swarm.states().size).toBe(2);
    expect(
      swarm
        .session(1)
        .status()
        .peers.filter((peer) => peer.connected),
    ).toHaveLength(2);
    swarm.air.heal();
    swarm.run(5000);
    expect(swarm.states().size).toBe(1);
    expect(durableOf(swarm.session(5).member)).toHaveLength(1 + 1 + DRONES.length);
  });

  it('agrees on the time: offsets are right within their bound, and the bound is small', () => {
    const swarm = new Swarm(cast, calm);
    swarm.run(10_000);
    for (const id of [2, 3, 4, 5, OPERATOR]) {
      const { offsetMs, errorMs } = swarm.session(1).clockOf(id);
      const trueOffset = swarm.timeOf(1) - swarm.timeOf(id);
      expect(Math.abs(offsetMs - trueOffset)).toBeLessThanOrEqual(errorMs);
      expect(errorMs).toBeLessThan(30);
    }
  });

  it('does not hear a member once a newer roster leaves it out', () => {
    const swarm = new Swarm(cast, calm);
    swarm.run(1000);
    swarm.session(OPERATOR).introduceRoster(cast.signedRoster(2, [1, 2, 4, 5, OPERATOR]));
    swarm.run(2000);
    const one = swarm.players.get(1)!;
    one.received.length = 0;
    swarm.run(3000);
    expect(one.session.status().rosterEpoch).toBe(2);
    expect(one.session.status().peers.map((peer) => peer.member)).not.toContain(3);
    expect(one.received.length).toBeGreaterThan(0);
    expect(one.received.every((message) => message.author !== 3)).toBe(true);
    // Nor does it answer, count or echo what it knew of it, and a word that another passes on is refused.
    const late = { rosterEpoch: 1, sequence: 9999, sentMs: swarm.timeOf(3) };
    one.session.onGossip(2, cast.envelope(3, 'beacon', beaconOf(3), late));
    expect(one.session.echoes().map(([member]) => member)).not.toContain(3);
    expect(one.session.report().strangers).toEqual([
      expect.objectContaining({
        who: 'member 3',
        lastRefusal: expect.stringMatching(/^not-a-member/u),
      }),
    ]);
  });

  it('sees who goes by which roster from what each says, within five seconds at three losses of ten', () => {
    const swarm = new Swarm(cast, lossy);
    swarm.run(5000);
    const epochs = (): (number | null)[] =>
      swarm
        .session(OPERATOR)
        .report()
        .peers.filter(({ role }) => role === 'drone')
        .map(({ rosterEpoch }) => rosterEpoch);
    expect(epochs()).toEqual([1, 1, 1, 1, 1]);
    swarm.session(OPERATOR).introduceRoster(cast.signedRoster(2, [1, 2, 4, 5, OPERATOR]));
    expect(epochs()).toEqual([1, 1, 1, 1]);
    swarm.run(5000);
    expect(epochs()).toEqual([2, 2, 2, 2]);
  });

  it('tells a member with a link from one that others relay, and from one that fell silent', () => {
    const swarm = new Swarm(cast, calm);
    swarm.partBetween([OPERATOR], [4, 5]);
    swarm.run(12_000);
    const paths = (): string[] =>
      swarm
        .session(OPERATOR)
        .report()
        .peers.filter(({ role }) => role === 'drone')
        .map(({ path }) => path);
    expect(paths()).toEqual(['direct', 'direct', 'direct', 'relayed', 'relayed']);
    swarm.partBetween([5], [1, 2, 3, 4]);
    swarm.run(12_000);
    expect(paths()).toEqual(['direct', 'direct', 'direct', 'relayed', 'silent']);
    expect(swarm.session(OPERATOR).report().peers[3]).toMatchObject({
      refused: 0,
      lastRefusal: '',
    });
  });
});

describe('a member that starts again', () => {
  it('knows from its file what it knew, with the time at which it first came', () => {
    const swarm = new Swarm(cast, calm);
    swarm.order(1);
    swarm.run(1000);
    const before = swarm.session(2);
    const goal = before.recall().find((one) => one.topic === 'goal')!;
    const stored = encodeStoredState(before.member);
    swarm.air.advanceTo(90_000);
    const again = swarm.start(2, stored, 2);
    expect(topicsOf(again.session.recall())).toEqual(['roster', 'goal']);
    expect(again.session.recall()[1]!.receivedMs).toBe(goal.receivedMs);
    // Torn at any byte, the file gives what is whole, and nothing else.
    for (let length = 0; length < stored.length; length += 97) {
      const member = cast.member(3);
      restoreStoredState(member, stored.subarray(0, length), 0);
      expect(durableOf(member).length).toBeLessThanOrEqual(2);
    }
  });

  it('with its disk lost gets everything back, its own words too, and counts on beyond them', () => {
    const swarm = new Swarm(cast, calm);
    swarm.order(1);
    swarm.session(2).member.bootEpoch = 9;
    swarm.session(2).publish(reportOf(2, 'lane:7'));
    swarm.run(1000);
    const reborn = swarm.start(2, undefined, 1);
    swarm.run(4000);
    expect(reborn.session.member.bootEpoch).toBe(10);
    const own = reborn.received.filter((one) => one.author === 2);
    expect(topicsOf(own)).toEqual(['taskReport']);
    reborn.session.publish(reportOf(2, 'lane:8'));
    swarm.run(1000);
    expect(swarm.states().size).toBe(1);
  });
});

describe('what a member may publish', () => {
  it('is checked as its peers would check it', () => {
    const swarm = new Swarm(cast, calm, [1]);
    const publish = (message: Parameters<MeshSession['publish']>[0]) => () =>
      swarm.session(1).publish(message);
    const hold = { kind: 'hold', confirmed: false, number: 1, targets: [] } as const;
    expect(publish({ topic: 'directive', payload: { ...hold, targets: [] } })).toThrow(
      expect.objectContaining({ code: 'role' }),
    );
    expect(publish(reportOf(3, 'lane:1'))).toThrow(
      expect.objectContaining({ code: 'publish-implausible' }),
    );
    expect(publish(reportOf(1, 'Not A Task'))).toThrow(
      expect.objectContaining({ code: 'payload-invalid' }),
    );
  });
});
