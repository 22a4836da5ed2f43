import type { Roster } from '#protocols/gossip/roster.ts';
import { generateSigningKey } from '#protocols/gossip/signing.ts';

export const keys = new Map([1, 2, 3, 4, 9].map((id) => [id, generateSigningKey().key]));

const memberOf = (id: number, addresses: string[]): Roster['members'][number] => ({
  id,
  name: `member-${id}`,
  role: 'drone',
  publicKey: keys.get(id)!.publicKey,
  addresses,
});

export const rosterOf = (
  ids: readonly number[],
  addressesOf: (id: number) => string[] = () => [],
): Roster => ({
  swarm: 'compliance',
  epoch: 1,
  expiresUnixS: 4_000_000_000,
  members: ids.map((id) => memberOf(id, addressesOf(id))),
});

const MEMBERS = [1, 2, 3, 4];
/** A stranger believes that it belongs; nobody else does. */
export const knownTo = (member: number): readonly number[] =>
  member === 9 ? [...MEMBERS, 9] : MEMBERS;
