import { attachSignature, decodeEnvelope, signedPart } from '#protocols/gossip/envelope.ts';
import { handOver } from '#protocols/gossip/authority-links.ts';
import { createMeshMember, type MeshMember } from '#protocols/gossip/mesh-member.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import {
  signingKeyFromSeed,
  verifySignature,
  type SigningKey,
  type Verify,
} from '#protocols/gossip/signing.ts';
import { startingTrust } from '#protocols/gossip/starting-trust.ts';
import {
  encodeStoredState,
  restoreStoredState,
  storedTrust,
} from '#protocols/gossip/stored-state.ts';

/** The same number, the same key. */
export const keyNumber = (number: number): SigningKey =>
  signingKeyFromSeed(new Uint8Array(32).fill(number + 1));

const SELF = 1;

const founding = (): Roster => ({
  swarm: 'meadow',
  epoch: 1,
  expiresUnixS: 2_000_000_000,
  members: [
    { id: SELF, name: 'quad-1', role: 'drone', publicKey: keyNumber(200).publicKey, addresses: [] },
  ],
});

/** One roster of a swarm, and which of its authorities had the word. */
export interface Era {
  roster: Roster;
  bytes: Uint8Array;
  authority: number;
}

const nextEpoch = (roster: Roster): Roster => ({ ...roster, epoch: roster.epoch + 1 });

/** All rosters of a swarm whose authority changed at every `true`, and else only signed another epoch. */
export const erasOf = (changes: readonly boolean[]): Era[] => {
  let roster = founding();
  let authority = 0;
  const eras: Era[] = [{ roster, bytes: signRoster(roster, keyNumber(0).sign), authority }];
  for (const isChange of changes) {
    roster = nextEpoch(roster);
    if (isChange) {
      roster = handOver(roster, keyNumber(authority), keyNumber(authority + 1));
      authority += 1;
    }
    eras.push({ roster, bytes: signRoster(roster, keyNumber(authority).sign), authority });
  }
  return eras;
};

/** Links to an authority of a thief's, with which of the two signatures made by somebody else. */
export const forgedHandOver = (
  { roster }: Era,
  former: SigningKey,
  thief: SigningKey,
  forged: 'former' | 'next' | 'none',
): Roster => {
  const sign = keyNumber(199).sign;
  return handOver(
    nextEpoch(roster),
    forged === 'former' ? { ...former, sign } : former,
    forged === 'next' ? { ...thief, sign } : thief,
  );
};

/** The same envelope under another signature. */
export const resigned = (bytes: Uint8Array, { sign }: SigningKey): Uint8Array => {
  if (decodeEnvelope(bytes) === undefined) throw new Error('no envelope');
  return attachSignature(signedPart(bytes), sign(signedPart(bytes)));
};

/** A member that was installed with this roster and with authority number 0 as its root. */
export const installed = (
  roster: Uint8Array,
  state = new Uint8Array(0),
  verify: Verify = verifySignature,
): MeshMember => {
  const rootKey = keyNumber(0).publicKey;
  const trust = startingTrust(rootKey, roster, storedTrust(state, rootKey), verify);
  const member = createMeshMember({
    self: SELF,
    sign: keyNumber(200).sign,
    verify,
    authorityKey: trust.authorityKey,
    rootKey,
    signedRoster: trust.signedRoster,
    bootEpoch: 1,
    nowMs: 0,
  });
  restoreStoredState(member, state, 0);
  return member;
};

/** Its process ends, and starts again with the files as they are. */
export const rebooted = (
  member: MeshMember,
  roster: Uint8Array,
  verify: Verify = verifySignature,
): MeshMember => installed(roster, new Uint8Array(encodeStoredState(member)), verify);
