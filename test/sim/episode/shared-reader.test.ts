import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { receiveGossip } from '#protocols/gossip/mesh-receive.ts';
import { createMeshMember, type MeshMember } from '#protocols/gossip/mesh-member.ts';
import type { EnvelopeReader } from '#protocols/gossip/opened-envelope.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { sharedReader } from '#sim/episode/shared-reader.ts';
import { beaconOf, Cast, intentOf, reportOf } from '../../protocols/gossip/swarm-story.ts';

const cast = new Cast();
const signedRoster = cast.signedRoster();

const memberOf = (self: number, reader?: EnvelopeReader): MeshMember =>
  createMeshMember({
    self,
    sign: cast.keys.get(self)!.sign,
    verify: verifySignature,
    authorityKey: cast.authority.publicKey,
    signedRoster,
    bootEpoch: 1,
    nowMs: 0,
    ...(reader === undefined ? {} : { reader }),
  });

const spoken = [
  cast.envelope(2, 'beacon', beaconOf(2), { sequence: 1 }),
  cast.envelope(2, 'beacon', beaconOf(2), { sequence: 2 }),
  cast.envelope(2, 'beacon', beaconOf(1), { sequence: 3 }),
  cast.envelope(2, 'intent', intentOf(0), { sequence: 4 }),
  cast.envelope(2, 'intent', intentOf(0), { sequence: 5, signer: 1 }),
  cast.envelope(2, 'taskReport', reportOf(2, 'lane:1').payload as never, { sequence: 6 }),
  cast.envelope(2, 'taskReport', reportOf(1, 'lane:1').payload as never, { sequence: 7 }),
  cast.goal(1),
];

/** Bundles of what was said, some with a bit turned over. */
const bundle = fc
  .record({
    said: fc.array(fc.constantFrom(...spoken), { minLength: 1, maxLength: 4 }),
    turned: fc.option(fc.nat(1500)),
  })
  .map(({ said, turned }) => {
    const bytes = Uint8Array.from(Buffer.concat(said));
    if (turned !== null && turned < bytes.length) bytes[turned]! ^= 0x10;
    return bytes;
  });

describe('bytes read once for all members of a process', () => {
  it('come to the same for each of them as if each had read them alone', () => {
    fc.assert(
      fc.property(fc.array(bundle, { maxLength: 6 }), (bundles) => {
        const reader = sharedReader();
        const together = [1, 3].map((self) => memberOf(self, reader));
        const alone = [1, 3].map((self) => memberOf(self));
        for (const bytes of bundles) {
          for (const [index, member] of together.entries()) {
            const receipt = receiveGossip(member, 2, bytes, 100);
            expect(receipt).toEqual(receiveGossip(alone[index]!, 2, bytes, 100));
            expect(member.counts).toEqual(alone[index]!.counts);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are frozen: what one of them would change, another has read', () => {
    const { received } = receiveGossip(memberOf(1, sharedReader()), 2, spoken[0]!, 100);
    const beacon = received[0]!.payload as { battery?: number; velocityCmps: number[] };
    expect(() => {
      beacon.velocityCmps[0] = 7;
    }).toThrow(TypeError);
  });
});
