import type { Random } from '../random.ts';
import { GOSSIP_CACHE, gossipDegree } from './gossip-degree.ts';

/** Numbers of messages remembered per member, as gossip's cache of the last half minute. */
const MAX_SEEN = 4096;

interface Cached {
  bytes: Uint8Array;
  heartbeat: number;
}

/**
 * One member's share of gossipsub 1.1 in its bare form: the few peers to which it forwards at once
 * (the mesh), and what it tells a few others that it has (IHAVE) so that they may ask for it (IWANT).
 */
export class SimulatedGossip {
  /** Peers to which messages are forwarded at once; both ends hold each other. */
  readonly mesh = new Set<number>();
  readonly #seen = new Set<number>();
  readonly #cache = new Map<number, Cached>();
  #heartbeats = 0;

  hasSeen(message: number): boolean {
    return this.#seen.has(message);
  }

  take(message: number, bytes: Uint8Array): void {
    this.#seen.add(message);
    this.#cache.set(message, { bytes, heartbeat: this.#heartbeats });
    if (this.#seen.size <= MAX_SEEN) return;
    const [oldest] = this.#seen;
    this.#seen.delete(oldest!);
  }

  /** Seen, but not to be passed on. */
  ignore(message: number): void {
    this.#seen.add(message);
  }

  cached(message: number): Uint8Array | undefined {
    return this.#cache.get(message)?.bytes;
  }

  /** Messages of the last heartbeats, to tell of. */
  told(): number[] {
    const since = this.#heartbeats - GOSSIP_CACHE.told;
    return [...this.#cache].filter(([, one]) => one.heartbeat > since).map(([message]) => message);
  }

  heartbeat(): void {
    this.#heartbeats += 1;
    const oldest = this.#heartbeats - GOSSIP_CACHE.length;
    for (const [message, { heartbeat }] of this.#cache) {
      if (heartbeat > oldest) break;
      this.#cache.delete(message);
    }
  }
}

/** All of `values` in random order. */
export const shuffled = (values: Iterable<number>, random: Random): number[] => {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor((last + 1) * random.uniform());
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
};

/** Keeps a member's mesh between Dlo and Dhi peers: whom it grafts and whom it prunes, both at once. */
export const tendMesh = (
  self: number,
  linked: ReadonlySet<number>,
  gossipOf: (member: number) => SimulatedGossip | undefined,
  members: number,
  random: Random,
): void => {
  const { D, Dlo, Dhi } = gossipDegree(members);
  const own = gossipOf(self)!;
  for (const peer of own.mesh) if (!linked.has(peer)) own.mesh.delete(peer);
  if (own.mesh.size < Dlo) {
    for (const peer of shuffled(linked, random)) {
      const other = gossipOf(peer);
      if (own.mesh.size >= D) break;
      if (own.mesh.has(peer) || other === undefined || other.mesh.size >= Dhi) continue;
      own.mesh.add(peer);
      other.mesh.add(self);
    }
  }
  if (own.mesh.size <= Dhi) return;
  for (const peer of shuffled(own.mesh, random).slice(D)) {
    own.mesh.delete(peer);
    gossipOf(peer)?.mesh.delete(self);
  }
};
