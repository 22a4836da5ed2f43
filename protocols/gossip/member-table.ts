import { peerIdOfKey } from './identity.ts';
import type { Roster } from './roster.ts';

/** Which member is behind a libp2p peer id, and where it may be reached: the roster, as a transport sees it. */
export class MemberTable {
  readonly #members = new Map<string, { id: number; addresses: string[] }>();

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

  peerIds(): string[] {
    return [...this.#members.keys()];
  }

  /** Multiaddr texts, each ending in /p2p/…. */
  addressesOf(peerId: string): string[] {
    return this.#members.get(peerId)?.addresses ?? [];
  }
}
