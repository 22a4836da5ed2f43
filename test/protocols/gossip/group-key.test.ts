import { describe, expect, it } from 'vitest';

import { openGroupKey, withGroupKey } from '#protocols/gossip/group-key.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';
import { openRoster, signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';

const authority = generateSigningKey().key;
const keys = new Map([1, 2, 7].map((id) => [id, generateSigningKey().key]));
const roster: Roster = {
  swarm: 'valley',
  epoch: 3,
  expiresUnixS: 4e9,
  members: [...keys].map(([id, { publicKey }]) => ({
    id,
    name: `member-${id}`,
    role: 'drone' as const,
    publicKey,
    addresses: [],
  })),
};
const groupKey = newGroupKey();
const sealed = withGroupKey(roster, authority, groupKey);

describe('the group key of a roster epoch', () => {
  it('reaches every member by the signed roster alone', () => {
    const bytes = signRoster(sealed, authority.sign);
    const opened = openRoster(bytes, authority.publicKey, verifySignature);
    for (const [id, { seed }] of keys) {
      expect(openGroupKey(opened, id, seed, authority.publicKey)).toEqual(groupKey);
    }
  });

  it('opens for nobody else, and under no other member, epoch, swarm or authority', () => {
    const { seed } = keys.get(1)!;
    const stranger = generateSigningKey().key;
    expect(openGroupKey(sealed, 1, stranger.seed, authority.publicKey)).toBeUndefined();
    expect(openGroupKey(sealed, 2, seed, authority.publicKey)).toBeUndefined();
    expect(openGroupKey(sealed, 9, seed, authority.publicKey)).toBeUndefined();
    expect(openGroupKey(sealed, 1, seed, stranger.publicKey)).toBeUndefined();
    for (const change of [{ epoch: 4 }, { swarm: 'hill' }]) {
      expect(openGroupKey({ ...sealed, ...change }, 1, seed, authority.publicKey)).toBeUndefined();
    }
  });

  it('is not there in a roster without one, nor for a key that is no point of the curve', () => {
    const { seed } = keys.get(1)!;
    expect(openGroupKey(roster, 1, seed, authority.publicKey)).toBeUndefined();
    const broken = {
      ...roster.members[0]!,
      id: 5,
      name: 'broken',
      publicKey: new Uint8Array(32).fill(255),
    };
    const mixed = withGroupKey(
      { ...roster, members: [broken, ...roster.members] },
      authority,
      groupKey,
    );
    expect(openGroupKey(mixed, 5, seed, authority.publicKey)).toBeUndefined();
    expect(openGroupKey(mixed, 1, seed, authority.publicKey)).toEqual(groupKey);
  });

  it('changes when any byte of its seal does', () => {
    const { seed } = keys.get(2)!;
    for (let offset = 48; offset < 96; offset += 1) {
      const groupKeys = sealed.groupKeys!.slice();
      groupKeys[offset]! ^= 1;
      expect(openGroupKey({ ...sealed, groupKeys }, 2, seed, authority.publicKey)).toBeUndefined();
    }
  });
});
