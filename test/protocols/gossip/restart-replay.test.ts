import { describe, expect, it } from 'vitest';

import { admit } from '#protocols/gossip/admit.ts';
import { createMeshMember, type MeshMember } from '#protocols/gossip/mesh-member.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { encodeStoredState, restoreStoredState } from '#protocols/gossip/stored-state.ts';

import { SharedSignatures } from '#sim/episode/shared-signatures.ts';

import { beaconOf, Cast, intentOf, OPERATOR, reportOf } from './swarm-story.ts';

const cast = new Cast();

/** What a drone hears in two minutes: orders, positions, promises, work. */
const heard = (): Uint8Array[] => {
  const all: Uint8Array[] = [];
  let sequence = 10;
  const next = (): { sequence: number; sentMs: number } => {
    sequence += 1;
    return { sequence, sentMs: 100 * sequence };
  };
  for (let epoch = 1; epoch <= 3; epoch += 1) {
    all.push(cast.goal(epoch, next()));
    for (let number = 1; number <= 4; number += 1) {
      const kind = number % 2 === 0 ? 'resume' : 'abort';
      const directive = {
        kind,
        confirmed: false,
        number: 10 * epoch + number,
        targets: [],
      } as const;
      all.push(cast.envelope(OPERATOR, 'directive', { ...directive, targets: [] }, next()));
    }
    for (let step = 0; step < 10; step += 1) {
      const at = next();
      all.push(cast.envelope(2, 'beacon', beaconOf(2), at));
      all.push(cast.envelope(3, 'intent', intentOf(at.sentMs), at));
      all.push(cast.envelope(OPERATOR, 'beacon', beaconOf(0), next()));
      all.push(
        cast.envelope(3, 'taskReport', reportOf(3, `lane:${step % 3}`).payload as never, next()),
      );
    }
  }
  return all;
};

/** Each signature is checked once, or the test would be about nothing else. */
const verify = new SharedSignatures(verifySignature).verify;

const born = (nowMs: number, bootEpoch: number): MeshMember =>
  createMeshMember({
    self: 1,
    sign: cast.keys.get(1)!.sign,
    verify,
    authorityKey: cast.authority.publicKey,
    signedRoster: cast.signedRoster(),
    bootEpoch,
    nowMs,
  });

/** The same computer after a reboot: what it had on disk, and nothing else. */
const rebooted = (member: MeshMember, nowMs: number): MeshMember => {
  const again = born(nowMs, 2);
  restoreStoredState(again, encodeStoredState(member), nowMs);
  return again;
};

const taken = (member: MeshMember, envelopes: readonly Uint8Array[], nowMs: number): number =>
  envelopes.filter((bytes) => admit(member.admission, bytes, nowMs).verdict === 'accept').length;

describe('what was heard once and is said again', () => {
  it('counts for nothing 121 s later, nor after a reboot, in any of 10⁵ repetitions', () => {
    const member = born(0, 1);
    const recorded = heard();
    for (const [index, bytes] of recorded.entries()) admit(member.admission, bytes, 1000 * index);
    const laterMs = 1000 * recorded.length + 121_000;
    let repeated = 0;
    for (let round = 0; repeated < 50_000; round += 1) {
      expect(taken(member, recorded, laterMs + round)).toBe(0);
      repeated += recorded.length;
    }
    const again = rebooted(member, 500);
    for (let round = 0; repeated < 100_000; round += 1) {
      expect(taken(again, recorded, 1000 + round)).toBe(0);
      repeated += recorded.length;
    }
    // And again after one more.
    expect(taken(rebooted(again, 500), recorded, 1000)).toBe(0);
  });

  it('does not keep its author from going on', () => {
    const member = born(0, 1);
    admit(member.admission, cast.envelope(2, 'beacon', beaconOf(2), { sequence: 7 }), 0);
    const again = rebooted(member, 500);
    const fresh = cast.envelope(2, 'beacon', beaconOf(2), { sequence: 8 });
    expect(taken(again, [fresh], 1000)).toBe(1);
    const reborn = cast.envelope(2, 'beacon', beaconOf(2), { bootEpoch: 2, sequence: 1 });
    expect(taken(again, [reborn], 1000)).toBe(1);
  });

  it('is remembered from a file that is whole, and from no other', () => {
    const member = born(0, 1);
    const old = cast.envelope(2, 'beacon', beaconOf(2), { sequence: 7 });
    admit(member.admission, old, 0);
    const stored = encodeStoredState(member);
    for (let at = stored.length - 15; at < stored.length; at += 1) {
      const damaged = Uint8Array.from(stored);
      damaged[at]! ^= 0xff;
      const again = born(0, 2);
      restoreStoredState(again, damaged, 0);
      const fresh = cast.envelope(2, 'beacon', beaconOf(2), { sequence: 8 });
      expect(taken(again, [fresh], 0)).toBe(1);
    }
  });
});
