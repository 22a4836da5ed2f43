import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { admit, type Admission } from '#protocols/gossip/admit.ts';
import { handOver, LINK_BYTES, MAX_LINKS, readLinks } from '#protocols/gossip/authority-links.ts';
import { openGroupKey, withGroupKey } from '#protocols/gossip/group-key.ts';
import type { MeshMember } from '#protocols/gossip/mesh-member.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';
import { openRoster, signRoster } from '#protocols/gossip/signed-roster.ts';
import { verifySignature, type SigningKey } from '#protocols/gossip/signing.ts';
import { SharedSignatures } from '#sim/episode/shared-signatures.ts';

import {
  erasOf,
  forgedHandOver,
  installed,
  keyNumber,
  rebooted,
  resigned,
  type Era,
} from './authority-story.ts';

const ROOT = keyNumber(0);
const THIEF = keyNumber(100);
const fault = (code: string, words: RegExp = /./u): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(words) as unknown });
const trusts = (member: MeshMember, { publicKey }: SigningKey): boolean =>
  member.admission.authorityKey.join() === publicKey.join();
const hear = (member: MeshMember, bytes: Uint8Array): Admission =>
  admit(member.admission, bytes, 0);

describe('a swarm changes its authority', () => {
  it('a member that trusts the old one follows to the new, which it takes rosters from then on', () => {
    const [first, second, third] = erasOf([true, false]) as [Era, Era, Era];
    const member = installed(first.bytes);
    expect(hear(member, second.bytes)).toMatchObject({ verdict: 'accept' });
    expect(trusts(member, keyNumber(1))).toBe(true);
    expect(hear(member, third.bytes)).toMatchObject({ verdict: 'accept' });
    expect(member.admission.roster.epoch).toBe(3);
  });

  it('the old one can sign nothing any more that such a member takes, and nobody is blamed for carrying it', () => {
    const [first, second] = erasOf([true]) as [Era, Era];
    const member = installed(first.bytes);
    hear(member, second.bytes);
    const late = [
      signRoster({ ...first.roster, epoch: 9 }, ROOT.sign),
      signRoster({ ...second.roster, epoch: 9 }, ROOT.sign),
    ];
    for (const bytes of late) {
      const { verdict } = hear(member, bytes);
      expect(verdict).toBe('ignore');
      expect(trusts(member, keyNumber(1))).toBe(true);
    }
    expect(hear(member, late[0]!)).toMatchObject({ data: { code: 'authority-superseded' } });
    // Nor can it hand over once more.
    const handed = forgedHandOver(first, ROOT, THIEF, 'none');
    const again = signRoster({ ...handed, epoch: 9 }, THIEF.sign);
    expect(hear(member, again).verdict).not.toBe('accept');
    expect(member.admission.roster.epoch).toBe(2);
  });

  it('whoever was away for several changes follows them step by step, from one roster', () => {
    const eras = erasOf([true, true, false, true, true]);
    const member = installed(eras[0]!.bytes);
    expect(hear(member, eras.at(-1)!.bytes)).toMatchObject({ verdict: 'accept' });
    expect(trusts(member, keyNumber(4))).toBe(true);
  });

  it('a newcomer that was told the present one needs no history', () => {
    const eras = erasOf([true, true, true]);
    const opened = openRoster(eras.at(-1)!.bytes, keyNumber(3).publicKey, verifySignature);
    expect(opened.epoch).toBe(4);
  });

  it('the links are bounded: who missed more changes than they tell is told so', () => {
    const eras = erasOf(Array.from({ length: MAX_LINKS + 2 }, () => true));
    const newest = eras.at(-1)!;
    expect(newest.roster.authorityLinks).toHaveLength(MAX_LINKS * LINK_BYTES);
    const open = (trusted: number): unknown =>
      openRoster(newest.bytes, keyNumber(trusted).publicKey, verifySignature);
    expect(() => open(1)).toThrow(fault('authority-unlinked'));
    expect(open(2)).toMatchObject({ epoch: newest.roster.epoch });
    expect(hear(installed(eras[0]!.bytes), newest.bytes)).toMatchObject({ verdict: 'ignore' });
  });

  it('the group key of the new epoch is sealed under the new authority', () => {
    const [first] = erasOf([]) as [Era];
    const groupKey = newGroupKey();
    const handed = handOver({ ...first.roster, epoch: 2 }, ROOT, keyNumber(1));
    const roster = withGroupKey(handed, keyNumber(1), groupKey);
    const { seed } = keyNumber(200);
    expect(openGroupKey(roster, 1, seed, keyNumber(1).publicKey)).toEqual(groupKey);
    expect(openGroupKey(roster, 1, seed, ROOT.publicKey)).toBeUndefined();
  });
});

describe('a change that only one of the two signed is refused, and says which is missing', () => {
  const [first] = erasOf([]) as [Era];
  const open = (bytes: Uint8Array): unknown => openRoster(bytes, ROOT.publicKey, verifySignature);
  const next = keyNumber(1);

  it('the new one alone', () => {
    const roster = forgedHandOver(first, ROOT, next, 'former');
    expect(() => open(signRoster(roster, next.sign))).toThrow(
      fault('rotation-unsigned', /not signed by the authority that it replaces/u),
    );
  });

  it('the old one alone, for the link or for the roster', () => {
    const missing = fault('rotation-unsigned', /not signed by the authority that it names/u);
    const link = forgedHandOver(first, ROOT, next, 'next');
    expect(() => open(signRoster(link, next.sign))).toThrow(missing);
    const whole = forgedHandOver(first, ROOT, next, 'none');
    expect(() => open(signRoster(whole, ROOT.sign))).toThrow(missing);
    expect(open(signRoster(whole, next.sign))).toMatchObject({ epoch: 2 });
  });

  it('a link is of one swarm and one epoch', () => {
    const whole = forgedHandOver(first, ROOT, next, 'none');
    const elsewhere = { ...whole, swarm: 'forest' };
    expect(() => open(signRoster(elsewhere, next.sign))).toThrow(fault('rotation-unsigned'));
    const moved = whole.authorityLinks!.slice();
    moved[0] = 9;
    const later = { ...whole, epoch: 9, authorityLinks: moved };
    expect(() => open(signRoster(later, next.sign))).toThrow(fault('rotation-unsigned'));
  });

  it('links that do not join, go back in time or in a circle are none', () => {
    const { roster } = erasOf([true, true]).at(-1)!;
    const links = roster.authorityLinks!;
    const one = links.slice(0, LINK_BYTES);
    const two = links.slice(LINK_BYTES);
    const circle = handOver({ ...roster, epoch: 4 }, keyNumber(2), ROOT).authorityLinks!;
    for (const bent of [
      Uint8Array.from([...two, ...one]),
      Uint8Array.from([...one, ...one]),
      links.slice(0, -1),
      circle,
    ]) {
      expect(readLinks({ ...roster, epoch: 4, authorityLinks: bent })).toBeUndefined();
      expect(() => signRoster({ ...roster, epoch: 4, authorityLinks: bent }, ROOT.sign)).toThrow(
        fault('roster-inconsistent'),
      );
    }
    expect(readLinks({ ...roster, epoch: 2 })).toBeUndefined();
  });

  it('no changed byte of the links leads anywhere', () => {
    const { bytes, roster } = erasOf([true]).at(-1)!;
    const at = Buffer.from(bytes).indexOf(roster.authorityLinks!);
    for (let offset = 0; offset < LINK_BYTES; offset += 1) {
      const bent = bytes.slice();
      bent[at + offset]! ^= 0x10;
      // As a thief would: the whole roster signed anew by the key that the link names.
      expect(() => open(resigned(bent, next))).toThrow(/roster|authority/u);
    }
  });
});

/** What comes to a member: a genuine roster, a forgery, or the end of its process. */
type Event =
  | { kind: 'roster'; pick: number }
  | { kind: 'forgery'; pick: number; how: number }
  | { kind: 'reboot' };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('roster' as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('forgery' as const),
      pick: fc.nat(),
      how: fc.nat(4),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reboot' as const) }) },
);

describe('whatever comes, in whatever order, twice or not at all', () => {
  const { verify } = new SharedSignatures(verifySignature);

  /** By somebody whom the member, which trusts authority number `trusted`, must not believe. */
  const forgery = (eras: Era[], pick: number, how: number, trusted: number): Uint8Array => {
    const era = eras[pick % eras.length]!;
    const ahead = { ...era.roster, epoch: era.roster.epoch + 50 };
    const present = keyNumber(trusted);
    if (how === 0) return signRoster(ahead, THIEF.sign);
    if (how === 1 && trusted > 0) return signRoster(ahead, keyNumber(pick % trusted).sign);
    if (how === 2) return signRoster(forgedHandOver(era, present, THIEF, 'next'), THIEF.sign);
    if (how === 3 && trusted > 0) {
      const former = forgedHandOver(eras[0]!, keyNumber(pick % trusted), THIEF, 'none');
      return signRoster({ ...former, epoch: 90 }, THIEF.sign);
    }
    return signRoster(forgedHandOver(eras[0]!, present, THIEF, 'former'), THIEF.sign);
  };

  /** forgedHandOver joins nothing where an era had other authorities already: then it is no roster at all. */
  const forged = (...args: Parameters<typeof forgery>): Uint8Array | undefined => {
    try {
      return forgery(...args);
    } catch {
      return undefined;
    }
  };

  it('a member trusts the authority of the newest roster that it has met, and no other', () => {
    let forgeries = 0;
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: MAX_LINKS }),
        fc.array(fc.array(event, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        (changes, stories) => {
          const eras = erasOf(changes);
          for (const story of stories) {
            let member = installed(eras[0]!.bytes, undefined, verify);
            let newest = 0;
            for (const one of [...story, { kind: 'roster' as const, pick: eras.length - 1 }]) {
              if (one.kind === 'reboot') member = rebooted(member, eras[0]!.bytes, verify);
              if (one.kind === 'roster') {
                const at = one.pick % eras.length;
                hear(member, eras[at]!.bytes);
                newest = Math.max(newest, at);
              }
              if (one.kind === 'forgery') {
                const { authority } = eras[newest]!;
                const bytes = forged(eras, one.pick, one.how, authority);
                if (bytes !== undefined) {
                  forgeries += 1;
                  expect(hear(member, bytes).verdict).not.toBe('accept');
                }
              }
              const { roster, authority } = eras[newest]!;
              expect(member.admission.roster.epoch).toBe(roster.epoch);
              expect(trusts(member, keyNumber(authority))).toBe(true);
            }
            expect(trusts(member, keyNumber(eras.at(-1)!.authority))).toBe(true);
          }
        },
      ),
    );
    expect(forgeries).toBeGreaterThan(100);
  });
});

describe('what a member came to trust outlives its process', () => {
  const eras = erasOf([true, true]);
  const member = (): MeshMember => {
    const one = installed(eras[0]!.bytes);
    hear(one, eras[1]!.bytes);
    return one;
  };

  it('an old roster file does not bring the old authority back', () => {
    const after = rebooted(member(), eras[0]!.bytes);
    expect(trusts(after, keyNumber(1))).toBe(true);
    expect(after.admission.roster.epoch).toBe(2);
    const late = signRoster({ ...eras[0]!.roster, epoch: 9 }, ROOT.sign);
    expect(hear(after, late).verdict).toBe('ignore');
    expect(trusts(rebooted(member(), late), keyNumber(1))).toBe(true);
  });

  it('also after more changes than the links tell', () => {
    const many = erasOf(Array.from({ length: MAX_LINKS + 3 }, () => true));
    let one = installed(many[0]!.bytes);
    for (const { bytes } of many) {
      expect(hear(one, bytes).verdict).not.toBe('reject');
      one = rebooted(one, many[0]!.bytes);
    }
    expect(trusts(one, keyNumber(MAX_LINKS + 3))).toBe(true);
  });

  it('a newer installed roster counts, and leads on from what was trusted', () => {
    expect(trusts(rebooted(member(), eras[2]!.bytes), keyNumber(2))).toBe(true);
  });
});
