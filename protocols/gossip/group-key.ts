import { encodeUnsigned } from './envelope.ts';
import { AUTHORITY } from './roles.ts';
import type { Roster } from './roster.ts';
import {
  GROUP_KEY_BYTES,
  NONCE_BYTES,
  openBytes,
  sealBytes,
  sharedSecret,
  TAG_BYTES,
} from './sealing.ts';
import type { SigningKey } from './signing.ts';

/** One member's sealed copy of the group key. */
export const SEALED_KEY_BYTES = GROUP_KEY_BYTES + TAG_BYTES;

/** Each seal has a key of its own, which no other epoch or member shares: one nonce does. */
const NONCE = new Uint8Array(NONCE_BYTES);
const NO_HEADER = new Uint8Array(0);

/**
 * The same roster with the group key of its epoch, sealed to each member in the order of `members`
 * (48 bytes each): it needs no secret channel, and whoever a newer roster leaves out cannot read
 * what the others say from then on. A greater epoch needs a fresh `groupKey`.
 */
export const withGroupKey = (
  roster: Roster,
  authority: SigningKey,
  groupKey: Uint8Array,
): Roster => {
  const groupKeys = new Uint8Array(SEALED_KEY_BYTES * roster.members.length);
  for (const [index, { id, publicKey }] of roster.members.entries()) {
    const secret = sharedSecret(authority.seed, publicKey, infoOf(roster, id));
    // A member whose key is no point of the curve can sign nothing either: it gets no key.
    if (secret === undefined) continue;
    groupKeys.set(sealBytes(secret, NONCE, NO_HEADER, groupKey), SEALED_KEY_BYTES * index);
  }
  return { ...roster, groupKeys };
};

/** The group key of a roster for the member `self`, whose key's seed is given; undefined when it has none. */
export const openGroupKey = (
  roster: Roster,
  self: number,
  seed: Uint8Array,
  authorityKey: Uint8Array,
): Uint8Array | undefined => {
  const { groupKeys, members } = roster;
  const index = members.findIndex(({ id }) => id === self);
  if (groupKeys?.length !== SEALED_KEY_BYTES * members.length || index < 0) return undefined;
  const secret = sharedSecret(seed, authorityKey, infoOf(roster, self));
  if (secret === undefined) return undefined;
  const offset = SEALED_KEY_BYTES * index;
  return openBytes(secret, NONCE, NO_HEADER, groupKeys.subarray(offset, offset + SEALED_KEY_BYTES));
};

/** Ties a seal to swarm, epoch and member: a sealed key of another roster opens as nothing. */
const infoOf = ({ swarm, epoch }: Roster, member: number): Uint8Array =>
  encodeUnsigned(
    {
      topic: 'roster',
      author: AUTHORITY,
      rosterEpoch: epoch,
      bootEpoch: epoch,
      sequence: member,
      sentMs: 0,
    },
    new TextEncoder().encode(`skein group key ${swarm}`),
  );
