import * as z from 'zod';

import { exactBytes } from './byte-string.ts';

export const ROLES = ['drone', 'operator', 'observer'] as const;
export type Role = (typeof ROLES)[number];

export const memberSchema = z.strictObject({
  /** Names the member on the wire; for a drone equal to its MAVLink sysid. */
  id: z.uint32().min(1).max(65_535),
  name: z.string().min(1).max(32),
  role: z.enum(ROLES),
  /** Raw Ed25519 public key: the envelope's signer and, as a libp2p peer id, the transport's. */
  publicKey: exactBytes(32),
  /** Static bootstrap addresses, libp2p multiaddr text. */
  addresses: z.array(z.string().max(128)).max(8),
});

export type Member = z.infer<typeof memberSchema>;

/** Who belongs, and may say what. Signed by the authority; a greater epoch replaces a smaller one. */
export const rosterSchema = z.strictObject({
  swarm: z.string().min(1).max(64),
  epoch: z.uint32(),
  expiresUnixS: z.number().int().positive(),
  members: z.array(memberSchema).max(256),
});

export type Roster = z.infer<typeof rosterSchema>;

export const memberById = (roster: Roster, id: number): Member | undefined =>
  roster.members.find((member) => member.id === id);
