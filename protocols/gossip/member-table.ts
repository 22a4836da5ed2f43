import { peerIdOfKey } from './identity.ts';
import type { Stranger } from './mesh.ts';
import type { Roster } from './roster.ts';

/** Whoever dials with ever new keys fills no more than this. */
const MAX_STRANGERS = 16;

/** Which member is behind a libp2p peer id, and where it may be reached: the roster, as a transport sees it. */
export class MemberTable {
  readonly #members = new Map<string, { id: number; addresses: string[] }>();

  /** The latest who were turned away at the door, with how often. */
  readonly #strangers = new Map<string, number>();

  constructor(roster: Roster) {
    this.adopt(roster);
  }

  adopt(roster: Roster): void {
    this.#members.clear();
    for (const { id, publicKey, addresses } of roster.members) {
      const peerId = peerIdOfKey(publicKey);
      const complete = addresses.map((address) =>
        address.includes('/p2p/') ? address : `${address}/p2p/${peerId}`,
      );
      this.#members.set(peerId, { id, addresses: complete });
    }
  }

  idOf(peerId: string): number | undefined {
    return this.#members.get(peerId)?.id;
  }

  peerIdOf(member: number): string | undefined {
    for (const [peerId, { id }] of this.#members) if (id === member) return peerId;
    return undefined;
  }

  /** True for a member; whoever is none is noted. */
  welcomes(peerId: string): boolean {
    if (this.#members.has(peerId)) return true;
    const count = (this.#strangers.get(peerId) ?? 0) + 1;
    this.#strangers.delete(peerId);
    for (const longest of this.#strangers.keys()) {
      if (this.#strangers.size < MAX_STRANGERS) break;
      this.#strangers.delete(longest);
    }
    this.#strangers.set(peerId, count);
    return false;
  }

  strangers(): Stranger[] {
    return [...this.#strangers].map(([peerId, turnedAway]) => ({ peerId, turnedAway }));
  }

  peerIds(): string[] {
    return [...this.#members.keys()];
  }

  /** Multiaddr texts, each ending in /p2p/…. */
  addressesOf(peerId: string): string[] {
    return this.#members.get(peerId)?.addresses ?? [];
  }
}
