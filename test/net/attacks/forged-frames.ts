import { packBundles } from '#protocols/gossip/bundle.ts';
import { encodeFrame, openFrame, type FastFrame } from '#protocols/gossip/fast-frame.ts';
import { openGroupKey } from '#protocols/gossip/group-key.ts';
import { publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { plainReader } from '#protocols/gossip/opened-envelope.ts';
import { loadSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { openRoster } from '#protocols/gossip/signed-roster.ts';

import type { Enrolment } from '../enrolment.ts';

/** The group key that a member finds in a signed roster; undefined when it is left out. */
export const groupKeyIn = (
  enrolment: Enrolment,
  signedRoster: Uint8Array,
  member: number,
): Uint8Array | undefined => {
  const authority = publicKeyFromHex(enrolment.authorityPublicKeyHex)!;
  const roster = openRoster(signedRoster, authority, verifySignature, plainReader);
  const { seed } = loadSigningKey(enrolment.privateKeyFile(member));
  return openGroupKey(roster, member, seed, authority);
};

let frames = 0;

/** A frame as `sender` would make it, sealed under any key. */
export const frameOf = (
  key: Uint8Array,
  sender: number,
  envelopes: readonly Uint8Array[],
  as: Partial<FastFrame> = {},
): Uint8Array => {
  frames += 1;
  const [bundle] = packBundles(envelopes, 1100);
  const plain: FastFrame = {
    sender,
    rosterEpoch: 1,
    bootEpoch: 4_100_000_000,
    counter: frames,
    isUrgent: false,
    number: frames,
    paceMs: 200,
    hearing: new Uint8Array(2),
    ownDigest: 0,
    bundle: bundle ?? new Uint8Array(0),
    ...as,
  };
  return encodeFrame(plain, key);
};

export const opens = (hex: string, key: Uint8Array): boolean =>
  openFrame(Uint8Array.from(Buffer.from(hex, 'hex')), key) !== undefined;
