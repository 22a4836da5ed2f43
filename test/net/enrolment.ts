import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { hexFromBytes, peerIdOfKey } from '#protocols/gossip/identity.ts';
import { withGroupKey } from '#protocols/gossip/group-key.ts';
import { saveRoster } from '#protocols/gossip/roster-file.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, saveKeyPem } from '#protocols/gossip/signing.ts';

/** Every member listens here, over UDP and TCP. */
export const PORT = 9000;
/** And to this over multicast, where it does. */
export const GROUP = { group: '239.77.0.1', port: PORT + 1 };
/** Member ids from here on are operators. */
export const FIRST_OPERATOR = 1001;

export const isOperator = (member: number): boolean => member >= FIRST_OPERATOR;

/** An authority that lives as long as a test, the keys of all members and their roster, on disk. */
export interface Enrolment {
  authorityPublicKeyHex: string;
  rosterFile: string;
  /** What is in that file. */
  signedRoster: Uint8Array;
  privateKeyFile(member: number): string;
  /** The same members but those left out, signed under a later epoch. */
  revoke(epoch: number, ...members: number[]): Uint8Array;
}

export const enrol = (directory: string, addresses: ReadonlyMap<number, string>): Enrolment => {
  mkdirSync(directory, { recursive: true });
  const authority = generateSigningKey().key;
  const privateKeyFile = (member: number): string => join(directory, `${member}.pem`);
  const members = [...addresses].map(([id, address]): Roster['members'][number] => {
    const { key, pem } = generateSigningKey();
    saveKeyPem(privateKeyFile(id), pem);
    const peerId = peerIdOfKey(key.publicKey);
    return {
      id,
      name: `member-${id}`,
      role: isOperator(id) ? 'operator' : 'drone',
      publicKey: key.publicKey,
      addresses: [
        `/ip4/${address}/udp/${PORT}/quic-v1/p2p/${peerId}`,
        `/ip4/${address}/tcp/${PORT}/p2p/${peerId}`,
      ],
    };
  });
  const signed = (epoch: number, some: Roster['members']): Uint8Array => {
    const roster = { swarm: 'net', epoch, expiresUnixS: 4_000_000_000, members: some };
    return signRoster(withGroupKey(roster, authority, newGroupKey()), authority.sign);
  };
  const rosterFile = join(directory, 'roster');
  const signedRoster = signed(1, members);
  saveRoster(rosterFile, signedRoster);
  return {
    authorityPublicKeyHex: hexFromBytes(authority.publicKey),
    rosterFile,
    signedRoster,
    privateKeyFile,
    revoke: (epoch, ...revoked) =>
      signed(
        epoch,
        members.filter(({ id }) => !revoked.includes(id)),
      ),
  };
};
