import type { Random } from '../random.ts';
import type { Mesh, MeshHandlers } from './mesh.ts';
import { memberById, type Roster } from './roster.ts';

/**
 * A mesh without a network, behind the same port as the libp2p node: gossip floods over links from
 * member to member, each relaying by its own verdict, a copy only once; links delay, lose and part.
 * Time stands still between calls of {@link SimulatedAir.advanceTo}; one seed gives one history.
 */
export interface SimulatedLink {
  /** Delay of one message over one hop, ms; undefined = lost. */
  delayMs(from: number, to: number, random: Random): number | undefined;
}

interface Station {
  member: number;
  roster: Roster;
  handlers: MeshHandlers;
  /** Numbers of the gossip messages that came by. */
  seen: Set<number>;
  linked: Set<number>;
  count: { bytesIn: number; bytesOut: number };
}

interface Arrival {
  atMs: number;
  order: number;
  deliver(): void;
}

/** Numbers of messages remembered per member, as gossip's cache of the last half minute. */
const MAX_SEEN = 4096;

export class SimulatedAir {
  readonly #random: Random;
  readonly #link: SimulatedLink;
  readonly #stations = new Map<number, Station>();
  readonly #parted = new Set<string>();
  #arrivals: Arrival[] = [];
  #nowMs = 0;
  #order = 0;
  #messages = 0;

  constructor(random: Random, link: SimulatedLink) {
    this.#random = random;
    this.#link = link;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** A member comes on the air. Whoever is in both rosters is linked, as far as nothing parts them. */
  join(member: number, roster: Roster, handlers: MeshHandlers): Mesh {
    const station: Station = {
      member,
      roster,
      handlers,
      seen: new Set(),
      linked: new Set(),
      count: { bytesIn: 0, bytesOut: 0 },
    };
    this.#stations.set(member, station);
    this.#relink();
    return {
      publish: (bytes) => {
        this.#messages += 1;
        this.#relay(station, this.#messages, bytes, undefined);
      },
      send: (to, bytes) =>
        this.#transmit(station, to, bytes, () => this.#receiveDirect(station, to, bytes)),
      peers: () => [...station.linked].map((peer) => ({ member: peer, transport: 'simulated' })),
      hangUp: (peer) => {
        this.#unlink(station, peer);
        this.#schedule(this.#nowMs, () => this.#relink());
      },
      allow: (next) => {
        station.roster = next;
        this.#relink();
      },
      traffic: () => ({ ...station.count }),
      close: () => {
        this.#stations.delete(member);
        for (const peer of station.linked) this.#unlink(station, peer);
        return Promise.resolve();
      },
    };
  }

  /** Cuts every link between the two, in both directions, until {@link heal}. */
  part(a: number, b: number): void {
    this.#parted.add(linkName(a, b));
    this.#relink();
  }

  heal(): void {
    this.#parted.clear();
    this.#relink();
  }

  /** Delivers all that arrives until `nowMs`, in order of arrival. */
  advanceTo(nowMs: number): void {
    for (;;) {
      const next = this.#arrivals[0];
      if (next === undefined || next.atMs > nowMs) break;
      this.#arrivals.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.deliver();
    }
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }

  #schedule(atMs: number, deliver: () => void): void {
    this.#order += 1;
    const arrival = { atMs, order: this.#order, deliver };
    let low = 0;
    let high = this.#arrivals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#arrivals[middle]!.atMs <= atMs) low = middle + 1;
      else high = middle;
    }
    this.#arrivals.splice(low, 0, arrival);
  }

  /** Hands a message over one hop; nothing arrives over a link that was cut meanwhile. */
  #transmit(from: Station, to: number, bytes: Uint8Array, deliver: () => void): void {
    if (!from.linked.has(to)) return;
    from.count.bytesOut += bytes.length;
    const delayMs = this.#link.delayMs(from.member, to, this.#random);
    if (delayMs === undefined) return;
    this.#schedule(this.#nowMs + delayMs, () => {
      if (from.linked.has(to)) deliver();
    });
  }

  #relay(station: Station, message: number, bytes: Uint8Array, source: number | undefined): void {
    remember(station.seen, message);
    for (const peer of station.linked) {
      if (peer === source) continue;
      this.#transmit(station, peer, bytes, () =>
        this.#receiveGossip(station, peer, message, bytes),
      );
    }
  }

  #receiveGossip(from: Station, to: number, message: number, bytes: Uint8Array): void {
    const station = this.#stations.get(to);
    if (station === undefined) return;
    station.count.bytesIn += bytes.length;
    if (station.seen.has(message)) return;
    remember(station.seen, message);
    if (station.handlers.onGossip(from.member, bytes) !== 'accept') return;
    this.#relay(station, message, bytes, from.member);
  }

  #receiveDirect(from: Station, to: number, bytes: Uint8Array): void {
    const station = this.#stations.get(to);
    if (station === undefined) return;
    station.count.bytesIn += bytes.length;
    station.handlers.onDirect(from.member, bytes);
  }

  #relink(): void {
    const stations = [...this.#stations.values()];
    for (const [index, a] of stations.entries()) {
      for (const b of stations.slice(index + 1)) {
        const isLinked = a.linked.has(b.member);
        const mayLink = !this.#parted.has(linkName(a.member, b.member)) && isMutual(a, b);
        if (isLinked && !mayLink) this.#unlink(a, b.member);
        if (!isLinked && mayLink) this.#connect(a, b);
      }
    }
  }

  #connect(a: Station, b: Station): void {
    a.linked.add(b.member);
    b.linked.add(a.member);
    this.#schedule(this.#nowMs, () => {
      if (!a.linked.has(b.member)) return;
      a.handlers.onConnect(b.member);
      b.handlers.onConnect(a.member);
    });
  }

  #unlink(a: Station, peer: number): void {
    const b = this.#stations.get(peer);
    if (!a.linked.delete(peer)) return;
    a.handlers.onDisconnect(peer);
    if (b?.linked.delete(a.member) === true) b.handlers.onDisconnect(a.member);
  }
}

const linkName = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);

const keyOf = (roster: Roster, id: number): string | undefined =>
  memberById(roster, id)?.publicKey.join();

/** Both know each other by the same key, or either would refuse the other's handshake. */
const isMutual = (a: Station, b: Station): boolean => {
  const agree = (id: number): boolean => {
    const key = keyOf(a.roster, id);
    return key !== undefined && key === keyOf(b.roster, id);
  };
  return agree(a.member) && agree(b.member);
};

const remember = (seen: Set<number>, message: number): void => {
  seen.add(message);
  if (seen.size <= MAX_SEEN) return;
  for (const oldest of seen) {
    seen.delete(oldest);
    return;
  }
};
