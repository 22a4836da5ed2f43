import * as z from 'zod';

import { LINK_BYTES, MAX_LINKS } from './authority-links.ts';
import { byteString, exactBytes } from './byte-string.ts';

export const ROLES = ['drone', 'operator', 'observer'] as const;
export type Role = (typeof ROLES)[number];

const MAX_MEMBERS = 256;

export const memberSchema = z.strictObject({
  /** Names the member on the wire; for a drone equal to its MAVLink sysid. */
  id: z.uint32().min(1).max(65_535),
  name: z.string().min(1).max(32),
  role: z.enum(ROLES),
  /** Raw Ed25519 public key: the envelope's signer and, as a libp2p peer id, the transport's. */
  publicKey: exactBytes(32),
  /** Static bootstrap addresses, libp2p multiaddr text. */
  addresses: z.array(z.string().max(128)).max(8),
  /** Of an operator: where two contradict each other at once, the greater counts. Left out = 0. */
  precedence: z.uint32().max(255).optional(),
});

export type Member = z.infer<typeof memberSchema>;

/** Who belongs, and may say what. Signed by the authority; a greater epoch replaces a smaller one. */
export const rosterSchema = z.strictObject({
  swarm: z.string().min(1).max(64),
  epoch: z.uint32(),
  expiresUnixS: z.number().int().positive(),
  members: z.array(memberSchema).max(MAX_MEMBERS),
  /** The fast lane's key of this epoch, sealed to each member (group-key.ts); empty: there is no such lane. */
  groupKeys: byteString(48 * MAX_MEMBERS).default(new Uint8Array(0)),
  /** How the authority came to be this one (authority-links.ts), oldest first; empty: it was never another. */
  authorityLinks: byteString(LINK_BYTES * MAX_LINKS).default(new Uint8Array(0)),
});

type Bytes = 'groupKeys' | 'authorityLinks';
export type Roster = Omit<z.infer<typeof rosterSchema>, Bytes> & { [B in Bytes]?: Uint8Array };

export const memberById = (roster: Roster, id: number): Member | undefined =>
  roster.members.find((member) => member.id === id);
