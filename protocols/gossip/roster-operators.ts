import { followLinks } from './authority-links.ts';
import { decodeEnvelope, signedPart } from './envelope.ts';
import { PUBLIC_KEY_BYTES } from './identity.ts';
import { msgpackValue } from './msgpack-value.ts';
import { AUTHORITY } from './roles.ts';
import { scanMsgpack } from './scan.ts';
import type { Verify } from './signing.ts';
import { TOPICS } from './topic.ts';

/** Somebody whose orders a pilot obeys. */
export interface Commander {
  member: number;
  /** Raw Ed25519. */
  publicKey: Uint8Array;
  precedence: number;
}

/** What of a roster concerns a pilot. */
export interface Command {
  swarm: string;
  epoch: number;
  /** Who signed it: the authority that was trusted, or one that it led to. */
  authorityKey: Uint8Array;
  operators: Commander[];
}

/** As the codec's budget for rosters (codec.ts). */
const LIMITS = { maxBytes: TOPICS.roster.budgetBytes, maxDepth: 8, maxElements: 8192 };

/**
 * The operators in a roster as the authority signed it, read without the schemas that the mesh process
 * has (signed-roster.ts). Undefined for anything that is not wholly sound. Never throws.
 */
export const openCommand = (
  bytes: Uint8Array,
  authorityKey: Uint8Array,
  verify: Verify,
): Command | undefined => {
  const envelope = decodeEnvelope(bytes);
  if (envelope?.topic !== 'roster' || envelope.author !== AUTHORITY) return undefined;
  if (scanMsgpack(envelope.payload, LIMITS) !== undefined) return undefined;
  // The order of the fields is that of rosterSchema; later fields are none of a pilot's business.
  const fields = msgpackValue(envelope.payload);
  if (!Array.isArray(fields) || fields.length < 4) return undefined;
  const [swarm, epoch, , members, , links = NO_LINKS] = fields as unknown[];
  if (typeof swarm !== 'string' || epoch !== envelope.bootEpoch) return undefined;
  if (!(links instanceof Uint8Array)) return undefined;
  const roster = { swarm, epoch: envelope.bootEpoch, authorityLinks: links };
  const followed = followLinks(roster, authorityKey, verify);
  if (!followed.ok) return undefined;
  const signer = followed.authorityKey;
  if (!verify(signer, signedPart(bytes), envelope.signature)) return undefined;
  const operators = operatorsIn(members);
  return operators && { swarm, epoch: envelope.bootEpoch, authorityKey: signer, operators };
};

const NO_LINKS = new Uint8Array(0);

const operatorsIn = (members: unknown): Commander[] | undefined => {
  if (!Array.isArray(members)) return undefined;
  const ids = new Set<number>();
  const operators: Commander[] = [];
  for (const one of members as unknown[]) {
    if (!(one instanceof Map)) return undefined;
    const member: unknown = one.get('id');
    const publicKey: unknown = one.get('publicKey');
    const precedence: unknown = one.get('precedence') ?? 0;
    if (typeof member !== 'number' || ids.has(member)) return undefined;
    if (!(publicKey instanceof Uint8Array) || publicKey.length !== PUBLIC_KEY_BYTES) {
      return undefined;
    }
    if (typeof precedence !== 'number') return undefined;
    ids.add(member);
    if (one.get('role') === 'operator') operators.push({ member, publicKey, precedence });
  }
  return operators;
};
