import { withGroupKey } from '#protocols/gossip/group-key.ts';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import type { Member, Roster } from '#protocols/gossip/roster.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { signingKeyFromSeed, type SigningKey } from '#protocols/gossip/signing.ts';
import type { Random } from '#protocols/random.ts';
import type { SharedSignatures } from './shared-signatures.ts';

/** The operator's member id: above every sysid. */
export const OPERATOR_MEMBER = 1000;
/** A second operator's, in episodes that have one. */
export const RIVAL_MEMBER = 1001;

/** Keys and roster of an episode's members; one seed, one set of keys. */
export interface Identities {
  authority: SigningKey;
  authorityKeyHex: string;
  /** By member id: the drones' by sysid, and the operator's. */
  keys: ReadonlyMap<number, SigningKey>;
  operators: readonly { member: number; publicKeyHex: string }[];
  roster: Roster;
  signedRoster: Uint8Array;
}

/** 2100: no episode is about an expired roster unless it says so. */
const EXPIRES_UNIX_S = 4_102_444_800;

const seedOf = (random: Random): Uint8Array =>
  Uint8Array.from({ length: 32 }, () => Math.floor(256 * random.uniform()));

export const identitiesOf = (
  sysids: readonly number[],
  random: Random,
  rivals: readonly number[],
  signatures: SharedSignatures,
): Identities => {
  const authority = signingKeyFromSeed(seedOf(random.fork('authority')));
  const keys = new Map(
    [...sysids, OPERATOR_MEMBER, ...rivals].map((id) => [
      id,
      signatures.known(signingKeyFromSeed(seedOf(random.fork(`member-${id}`)))),
    ]),
  );
  const members = [...keys].map(([id, { publicKey }]): Member => ({
    id,
    name: id >= OPERATOR_MEMBER ? `station-${id}` : `drone-${id}`,
    role: id >= OPERATOR_MEMBER ? 'operator' : 'drone',
    publicKey: Uint8Array.from(publicKey),
    addresses: [],
  }));
  const roster = withGroupKey(
    { swarm: 'episode', epoch: 1, expiresUnixS: EXPIRES_UNIX_S, members },
    authority,
    seedOf(random.fork('group')),
  );
  const operators = members.filter(({ role }) => role === 'operator');
  return {
    authority,
    authorityKeyHex: hexFromBytes(authority.publicKey),
    keys,
    operators: operators.map(({ id, publicKey }) => ({
      member: id,
      publicKeyHex: hexFromBytes(publicKey),
    })),
    roster,
    signedRoster: signRoster(roster, authority.sign),
  };
};
