import { describe, expect, it } from 'vitest';

import { maySay } from '#protocols/gossip/roles.ts';
import type { Role, Roster } from '#protocols/gossip/roster.ts';
import { checkRosterExpiry, openRoster, signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { TOPIC_NAMES } from '#protocols/gossip/topic.ts';

const authority = generateSigningKey().key;
const member = (id: number, name = `drone-${id}`): Roster['members'][number] => ({
  id,
  name,
  role: 'drone',
  publicKey: generateSigningKey().key.publicKey,
  addresses: [],
});
const roster: Roster = {
  swarm: 'meadow',
  epoch: 4,
  expiresUnixS: 2_000_000_000,
  members: [member(1), member(2)],
};

describe('a roster', () => {
  it('opens as it was signed, for those who trust that authority', () => {
    const bytes = signRoster(roster, authority.sign);
    const none = new Uint8Array(0);
    expect(openRoster(bytes, authority.publicKey, verifySignature)).toEqual({
      ...roster,
      groupKeys: none,
      authorityLinks: none,
    });
  });

  it('signed by anybody else, or changed in any byte, does not open', () => {
    const bytes = signRoster(roster, generateSigningKey().key.sign);
    expect(() => openRoster(bytes, authority.publicKey, verifySignature)).toThrow(
      expect.objectContaining({ code: 'roster-forged' }),
    );
    const good = signRoster(roster, authority.sign);
    for (let at = 0; at < good.length; at += 1) {
      const changed = Uint8Array.from(good);
      changed[at]! ^= 0x10;
      expect(() => openRoster(changed, authority.publicKey, verifySignature)).toThrow(/roster/u);
    }
  });

  it('in which two members share an id, a name or a key is nobody’s roster', () => {
    const [one] = roster.members;
    const twins: Roster['members'] = [
      member(1, 'other'),
      member(7, one!.name),
      { ...one!, id: 9, name: 'nine' },
    ];
    for (const twin of twins) {
      const members = [...roster.members, twin];
      expect(() => signRoster({ ...roster, members }, authority.sign)).toThrow(
        expect.objectContaining({ code: 'roster-inconsistent' }),
      );
    }
  });

  it('ends at its date', () => {
    expect(() => checkRosterExpiry(roster, 1_999_999_999)).not.toThrow();
    expect(() => checkRosterExpiry(roster, 2_000_000_001)).toThrow(
      expect.objectContaining({ code: 'roster-expired' }),
    );
  });
});

const said = (role: Role) => TOPIC_NAMES.filter((topic) => maySay(role, topic)).sort();

describe('roles', () => {
  it('let operators command, drones speak of themselves, and observers listen', () => {
    expect(said('operator')).toEqual(['beacon', 'directive', 'goal', 'release', 'safety']);
    expect(said('drone')).toEqual(['beacon', 'belief', 'bid', 'finding', 'intent', 'taskReport']);
    expect(said('observer')).toEqual([]);
  });
});
