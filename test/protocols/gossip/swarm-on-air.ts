import type { Received } from '#protocols/channel/mesh-messages.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { MeshHandlers } from '#protocols/gossip/mesh.ts';
import type { SimulatedLink } from '#protocols/gossip/simulated-link.ts';
import { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import { restoreStoredState } from '#protocols/gossip/stored-state.ts';
import { seededRandom, type Random } from '#protocols/random.ts';

import { storyGoal, storySafety } from './mission-story.ts';
import { beaconOf, durableOf, goalOne, OPERATOR, type Cast } from './swarm-story.ts';

export const DRONES = [1, 2, 3, 4, 5];

export interface Player {
  session: MeshSession;
  received: Received[];
  /** Intents of its own that departed. */
  intents: number;
  /** Frames of the fast lane as they came. */
  frames: Uint8Array[];
}

/** Drones and an operator on one air, each with its own idea of the time, ticked twenty times a second. */
export class Swarm {
  readonly air: SimulatedAir;
  readonly players = new Map<number, Player>();
  readonly #cast: Cast;
  readonly #random: Random;

  constructor(
    cast: Cast,
    link: SimulatedLink,
    ids: readonly number[] = [...DRONES, OPERATOR],
    seed = 7,
  ) {
    this.#cast = cast;
    this.#random = seededRandom(seed);
    this.air = new SimulatedAir(this.#random.fork('air'), link);
    for (const id of ids) this.start(id);
  }

  start(id: number, stored?: Uint8Array, bootEpoch = 1): Player {
    const clock = { monotonicMs: () => this.timeOf(id), unixUs: () => 0n };
    const member = this.#cast.member(id, clock.monotonicMs(), bootEpoch);
    if (stored !== undefined) restoreStoredState(member, stored, clock.monotonicMs());
    const player: Player = { session: undefined as never, received: [], intents: 0, frames: [] };
    player.session = new MeshSession(member, clock, this.#random.fork(`${id}`), {
      onReceived: (received) => player.received.push(received),
      onSent: (envelope) => {
        if (decodeEnvelope(envelope)?.topic === 'intent') player.intents += 1;
      },
    });
    const { session } = player;
    const handlers: MeshHandlers = {
      onGossip: (from, bytes) => session.onGossip(from, bytes),
      onDirect: (from, bytes) => session.onDirect(from, bytes),
      onCast: (bytes) => {
        player.frames.push(bytes);
        session.onCast(bytes);
      },
      onConnect: (other) => session.onConnect(other),
      onDisconnect: (other) => session.onDisconnect(other),
    };
    session.attach(this.air.join(id, member.admission.roster, handlers));
    this.players.set(id, player);
    return player;
  }

  /** Clocks differ by a minute a member and run up to 100 ppm fast. */
  timeOf(id: number): number {
    return 1e6 + 60_000 * (id % 100) + this.air.nowMs * (1 + (id % 3) * 50e-6);
  }

  /** When it was on the air, by what the member's clock showed. */
  airMs(id: number, shownMs: number): number {
    return (shownMs - 1e6 - 60_000 * (id % 100)) / (1 + (id % 3) * 50e-6);
  }

  /** `before` is asked before each tick, twenty times a second. */
  run(ms: number, before?: (swarm: this) => void): void {
    const endMs = this.air.nowMs + ms;
    while (this.air.nowMs < endMs) {
      for (let step = 0; step < 5; step += 1) {
        this.air.advanceTo(this.air.nowMs + 10);
        for (const { session } of this.players.values()) session.relay();
      }
      before?.(this);
      const beaconDue = this.air.nowMs % 1000 < 50;
      for (const [id, { session, received }] of this.players) {
        const sysid = id === OPERATOR ? 0 : id;
        const directive = received.some(({ topic }) => topic === 'directive');
        const obeyed: Beacon['directive'] = directive && sysid > 0 ? [OPERATOR, 1] : null;
        const compose = () => beaconOf(sysid, { echoes: session.echoes(), directive: obeyed });
        if (beaconDue) session.publishBeacon(compose);
        session.tick();
      }
    }
  }

  /** Counts from here on. */
  forget(): void {
    for (const player of this.players.values()) {
      player.received = [];
      player.frames = [];
      player.intents = 0;
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

export const calm: SimulatedLink = { delayMs: (_hop, random) => 5 + 20 * random.uniform() };
export const lossy: SimulatedLink = {
  delayMs: (_hop, random) => (random.uniform() < 0.3 ? undefined : 5 + 50 * random.uniform()),
};
