import { describe, expect, it } from 'vitest';

import type { Received } from '#protocols/channel/mesh-messages.ts';
import { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { SimulatedLink } from '#protocols/gossip/simulated-link.ts';
import { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import { encodeStoredState, restoreStoredState } from '#protocols/gossip/stored-state.ts';
import { seededRandom } from '#protocols/random.ts';

import { storyGoal, storySafety } from './mission-story.ts';
import { beaconOf, Cast, durableOf, goalOne, OPERATOR, reportOf, topicsOf } from './swarm-story.ts';

const cast = new Cast();
const DRONES = [1, 2, 3, 4, 5];

interface Player {
  session: MeshSession;
  received: Received[];
}

/** Drones and an operator on one air, each with its own idea of the time, ticked twenty times a second. */
class Swarm {
  readonly air: SimulatedAir;
  readonly players = new Map<number, Player>();
  readonly #random = seededRandom(7);

  constructor(link: SimulatedLink, ids: readonly number[] = [...DRONES, OPERATOR]) {
    this.air = new SimulatedAir(this.#random.fork('air'), link);
    for (const id of ids) this.start(id);
  }

  start(id: number, stored?: Uint8Array, bootEpoch = 1): Player {
    const clock = { monotonicMs: () => this.timeOf(id), unixUs: () => 0n };
    const member = cast.member(id, clock.monotonicMs(), bootEpoch);
    if (stored !== undefined) restoreStoredState(member, stored, clock.monotonicMs());
    const player: Player = { session: undefined as never, received: [] };
    player.session = new MeshSession(member, clock, this.#random.fork(`${id}`), {
      onReceived: (received) => player.received.push(received),
      onSent: () => undefined,
    });
    player.session.attach(this.air.join(id, member.admission.roster, player.session));
    this.players.set(id, player);
    return player;
  }

  /** Clocks differ by a minute a member and run up to 100 ppm fast. */
  timeOf(id: number): number {
    return 1e6 + 60_000 * (id % 100) + this.air.nowMs * (1 + (id % 3) * 50e-6);
  }

  run(ms: number): void {
    const endMs = this.air.nowMs + ms;
    while (this.air.nowMs < endMs) {
      this.air.advanceTo(this.air.nowMs + 50);
      const beaconDue = this.air.nowMs % 1000 < 50;
      for (const [id, { session }] of this.players) {
        const sysid = id === OPERATOR ? 0 : id;
        const compose = () => beaconOf(sysid, { echoes: session.echoes() });
        if (beaconDue) session.publishBeacon(compose);
        session.tick();
      }
    }
  }

  session(id: number): MeshSession {
    return this.players.get(id)!.session;
  }

  states(ids: readonly number[] = [...this.players.keys()]): Set<string> {
    return new Set(ids.map((id) => durableOf(this.session(id).member).join()));
  }

  partBetween(left: readonly number[], right: readonly number[]): void {
    for (const a of left) for (const b of right) this.air.part(a, b);
  }

  order(epoch: number): void {
    const session = this.session(OPERATOR);
    const id = { ...goalOne, epoch };
    const safety = session.signSafety(storySafety(id, DRONES));
    session.publish({ topic: 'goal', payload: storyGoal(id, safety) }, true);
  }
}

const calm: SimulatedLink = { delayMs: (_hop, random) => 5 + 20 * random.uniform() };
const lossy: SimulatedLink = {
  delayMs: (_hop, random) => (random.uniform() < 0.3 ? undefined : 5 + 50 * random.uniform()),
};

const heardAbort = (player: Player): boolean =>
  player.received.some((one) => one.topic === 'directive' && one.payload.kind === 'abort');

describe('a swarm on one air', () => {
  it('hears an order within the flight of a message, over members that relay it', () => {
    const swarm = new Swarm(calm);
    swarm.partBetween([OPERATOR], [2, 3, 4, 5]);
    swarm.run(1000);
    const abort = { kind: 'abort', confirmed: false, number: 1, targets: [] } as const;
    swarm
      .session(OPERATOR)
      .publish({ topic: 'directive', payload: { ...abort, targets: [] } }, true);
    swarm.run(100);
    for (const id of DRONES) expect(heardAbort(swarm.players.get(id)!)).toBe(true);
  });

  it('loses nothing that must survive, though three messages of ten are lost on every hop', () => {
    const swarm = new Swarm(lossy);
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
    const swarm = new Swarm(calm);
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
    const swarm = new Swarm(calm);
    swarm.run(10_000);
    for (const id of [2, 3, 4, 5, OPERATOR]) {
      const { offsetMs, errorMs } = swarm.session(1).clockOf(id);
      const trueOffset = swarm.timeOf(1) - swarm.timeOf(id);
      expect(Math.abs(offsetMs - trueOffset)).toBeLessThanOrEqual(errorMs);
      expect(errorMs).toBeLessThan(30);
    }
  });

  it('does not hear a member once a newer roster leaves it out', () => {
    const swarm = new Swarm(calm);
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
  });
});

describe('a member that starts again', () => {
  it('knows from its file what it knew, with the time at which it first came', () => {
    const swarm = new Swarm(calm);
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
    const swarm = new Swarm(calm);
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
    const swarm = new Swarm(calm, [1]);
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
