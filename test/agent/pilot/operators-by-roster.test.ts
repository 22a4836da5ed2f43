import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { handOver } from '#protocols/gossip/authority-links.ts';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import { openCommand } from '#protocols/gossip/roster-operators.ts';
import type { Member, Role, Roster } from '#protocols/gossip/roster.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { vector3 } from '#protocols/vector.ts';

import { payloads } from '../../protocols/gossip/arbitraries.ts';
import { Operator } from './operator.ts';
import { airborne, type Sortie } from './sortie.ts';

const authority = generateSigningKey().key;
const newcomer = new Operator(101);

const memberOf = (one: Operator, role: Role = 'operator', precedence = 0): Member => ({
  id: one.member,
  name: `member-${one.member}`,
  role,
  publicKey: one.publicKey,
  addresses: ['/ip4/10.0.0.1/udp/9000/quic-v1'],
  precedence,
});

const rosterOf = (epoch: number, members: Member[], changes: Partial<Roster> = {}): Uint8Array =>
  signRoster(
    { swarm: 'meadow', epoch, expiresUnixS: 2_000_000_000, members, ...changes },
    authority.sign,
  );

/** In the air over a roster of epoch 1 with its operator and the newcomer. */
const flying = (): Sortie => {
  const sortie = airborne(vector3(2, 0, 0), {
    authorityPublicKeyHex: hexFromBytes(authority.publicKey),
  });
  take(sortie, rosterOf(1, [memberOf(sortie.operator), memberOf(newcomer)]));
  return sortie;
};

const take = (sortie: Sortie, roster: Uint8Array): void => {
  sortie.envelopeBytes(roster);
  sortie.run(0.2);
};

describe('a pilot believes whom the newest roster of the authority names', () => {
  test('a newcomer’s abort counts as soon as the roster does', () => {
    const sortie = airborne(vector3(2, 0, 0), {
      authorityPublicKeyHex: hexFromBytes(authority.publicKey),
    });
    sortie.envelopeBytes(newcomer.directive('abort'));
    sortie.run(0.2);
    expect([sortie.phase, sortie.value('rosterEpoch')]).toEqual(['offboard', Number.NaN]);
    take(sortie, rosterOf(1, [memberOf(sortie.operator), memberOf(newcomer)]));
    sortie.envelopeBytes(newcomer.directive('abort'));
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
    expect(sortie.value('rosterEpoch')).toBe(1);
  });

  test('a revoked operator’s words are nobody’s, also for the next pilot process', () => {
    const sortie = flying();
    take(sortie, rosterOf(2, [memberOf(newcomer)]));
    for (const kind of ['hold', 'land', 'abort'] as const) {
      sortie.envelopeBytes(sortie.operator.directive(kind));
    }
    sortie.run(1);
    expect(sortie.phase).toBe('offboard');
    sortie.killPilot();
    sortie.run(0.1);
    sortie.restartPilot();
    sortie.envelopeBytes(sortie.operator.directive('abort'));
    sortie.until(() => sortie.phase === 'offboard', 5);
    expect([sortie.value('rosterEpoch'), sortie.value('latched')]).toEqual([2, 0]);
    sortie.envelopeBytes(newcomer.directive('abort'));
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
  });

  test('and so are those of one whose role or key has changed', () => {
    for (const changed of [memberOf(newcomer, 'observer'), memberOf(new Operator(101))]) {
      const sortie = flying();
      take(sortie, rosterOf(2, [memberOf(sortie.operator), changed]));
      sortie.envelopeBytes(newcomer.directive('abort'));
      sortie.run(0.5);
      expect(sortie.phase).toBe('offboard');
    }
  });

  test('an older roster, a forged one and another swarm’s change nothing', () => {
    const sortie = flying();
    take(sortie, rosterOf(5, [memberOf(sortie.operator)]));
    const both = [memberOf(sortie.operator), memberOf(newcomer)];
    take(sortie, rosterOf(4, both));
    take(sortie, rosterOf(5, both));
    take(sortie, rosterOf(6, both, { swarm: 'forest' }));
    const stranger = generateSigningKey().key;
    take(
      sortie,
      signRoster({ swarm: 'meadow', epoch: 7, expiresUnixS: 1, members: both }, stranger.sign),
    );
    sortie.envelopeBytes(newcomer.directive('abort'));
    sortie.run(0.5);
    expect([sortie.phase, sortie.value('rosterEpoch')]).toEqual(['offboard', 5]);
  });

  test('a new authority that the old one signed in is followed, the old one is nobody’s, across restarts', () => {
    const sortie = flying();
    const next = generateSigningKey().key;
    const both = [memberOf(sortie.operator), memberOf(newcomer)];
    const roster = { swarm: 'meadow', expiresUnixS: 2_000_000_000, members: both };
    const stolen = generateSigningKey().key;
    const handed = handOver({ ...roster, epoch: 2 }, authority, next);
    const alone = { ...authority, sign: stolen.sign };
    take(sortie, signRoster(handOver({ ...roster, epoch: 4 }, alone, stolen), stolen.sign));
    take(sortie, signRoster(handed, authority.sign));
    expect(sortie.value('rosterEpoch')).toBe(1);
    take(sortie, signRoster(handed, next.sign));
    expect(sortie.value('rosterEpoch')).toBe(2);
    sortie.killPilot();
    sortie.run(0.1);
    sortie.restartPilot();
    sortie.until(() => sortie.phase === 'offboard', 5);
    take(sortie, rosterOf(7, [memberOf(newcomer)]));
    expect(sortie.value('rosterEpoch')).toBe(2);
    const later = { ...handed, epoch: 3, members: [memberOf(newcomer)] };
    take(sortie, signRoster(later, next.sign));
    sortie.envelopeBytes(sortie.operator.directive('abort'));
    sortie.run(0.5);
    expect([sortie.value('rosterEpoch'), sortie.phase]).toEqual([3, 'offboard']);
  });

  test('without a configured authority no roster counts', () => {
    const sortie = airborne();
    take(sortie, rosterOf(1, [memberOf(newcomer)]));
    sortie.envelopeBytes(sortie.operator.directive('abort'));
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
    expect(sortie.value('rosterEpoch')).toBeNaN();
  });
});

test('a stolen key that takes the last number of all goals does not end the swarm’s missions', () => {
  const sortie = flying();
  const goalId = { issuer: newcomer.member, epoch: 2 ** 32 - 1, sequence: 0 };
  sortie.envelopeBytes(newcomer.safety({ ...sortie.envelope, goalId }));
  sortie.run(0.5);
  take(sortie, rosterOf(2, [memberOf(sortie.operator)]));
  expect(sortie.value('goalEpoch')).toBe(1);
  sortie.envelope.goalId = { ...sortie.envelope.goalId, epoch: 2 };
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.run(0.5);
  expect(sortie.value('goalEpoch')).toBe(2);
});

describe('a revocation sets nothing in motion', () => {
  test('the goal, a hold and an abort of the revoked one stand until another speaks', () => {
    const sortie = flying();
    sortie.envelopeBytes(sortie.operator.directive('hold'));
    sortie.until(() => sortie.phase === 'holding', 1);
    take(sortie, rosterOf(2, [memberOf(newcomer)]));
    sortie.run(1);
    expect([sortie.phase, sortie.status?.reason]).toEqual(['holding', 'operator-hold']);
    sortie.envelopeBytes(newcomer.directive('resume'));
    sortie.until(() => sortie.phase === 'offboard', 1);
    expect(sortie.value('goalIssuer')).toBe(sortie.operator.member);
  });

  test('an abort stays one, whatever becomes of who gave it, until a newer goal', () => {
    const sortie = flying();
    sortie.envelopeBytes(sortie.operator.directive('abort'));
    sortie.until(() => sortie.mode === 'AUTO_RTL', 1);
    take(sortie, rosterOf(2, [memberOf(newcomer)]));
    sortie.killPilot();
    sortie.run(0.1);
    sortie.restartPilot();
    sortie.envelopeBytes(newcomer.directive('resume'));
    sortie.run(2);
    expect([sortie.mode, sortie.value('latched')]).toEqual(['AUTO_RTL', 1]);
    sortie.envelope.goalId = { issuer: newcomer.member, epoch: 2, sequence: 0 };
    sortie.envelopeBytes(newcomer.safety(sortie.envelope));
    sortie.run(0.2);
    expect(sortie.value('latched')).toBe(0);
  });

  test('the limits of the goal in force still bind a pilot that begins anew', () => {
    const sortie = flying();
    take(sortie, rosterOf(2, [memberOf(newcomer)]));
    sortie.killPilot();
    sortie.run(0.1);
    sortie.restartPilot();
    sortie.until(() => sortie.phase === 'offboard', 5);
    expect(sortie.value('goalIssuer')).toBe(sortie.operator.member);
  });
});

test('precedence is the roster’s: at once, the greater one’s resume counts over a hold', () => {
  const sortie = flying();
  take(sortie, rosterOf(2, [memberOf(sortie.operator), memberOf(newcomer, 'operator', 9)]));
  sortie.envelopeBytes(newcomer.directive('resume'));
  sortie.envelopeBytes(sortie.operator.directive('hold'));
  sortie.run(0.5);
  expect([sortie.phase, sortie.value('standing')]).toEqual(['offboard', 0]);
  take(sortie, rosterOf(3, [memberOf(sortie.operator), memberOf(newcomer)]));
  sortie.until(() => sortie.phase === 'holding', 1);
});

describe('reading a roster without its schema', () => {
  test('finds what the mesh process finds in it', () => {
    fc.assert(
      fc.property(payloads.roster, (roster) => {
        const members = roster.members.map((one, index) => ({
          ...one,
          id: index + 1,
          name: `member-${index}`,
          publicKey: new Uint8Array(32).fill(index + 1),
        }));
        const command = openCommand(
          signRoster({ ...roster, members }, authority.sign),
          authority.publicKey,
          verifySignature,
        );
        const operators = members
          .filter(({ role }) => role === 'operator')
          .map(({ id, publicKey, precedence }) => ({
            member: id,
            publicKey,
            precedence: precedence ?? 0,
          }));
        const authorityKey = authority.publicKey;
        expect(command).toEqual({
          swarm: roster.swarm,
          epoch: roster.epoch,
          authorityKey,
          operators,
        });
      }),
    );
  });

  test('makes nothing of any other bytes under the authority’s own signature', () => {
    const good = rosterOf(1, [memberOf(newcomer)]);
    const yes = (): boolean => true;
    expect(openCommand(good, authority.publicKey, yes)).toBeDefined();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, cut) => {
        const bent = good.slice();
        bent[at] = byte;
        openCommand(bent, authority.publicKey, yes);
        if (cut < good.length) {
          expect(openCommand(bent.subarray(0, cut), authority.publicKey, yes)).toBeUndefined();
        }
      }),
      { numRuns: 2000 },
    );
  });
});
