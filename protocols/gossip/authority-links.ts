import { hexFromBytes, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './identity.ts';
import type { SigningKey, Verify } from './signing.ts';

/**
 * How a swarm comes to another authority: as with the root of TUF (The Update Framework, section 5.3), a
 * link is signed by the key that goes and by the key that comes, and every roster carries the newest
 * links. So one roster leads whoever trusts any of their keys to the present one, step by step.
 *
 * A link is 196 bytes, little-endian: u32 epoch of the first roster under the new key, the former public
 * key, the next one, then the former's and the next one's Ed25519 signatures over {@link saidBy}.
 */
export interface AuthorityLink {
  epoch: number;
  former: Uint8Array;
  next: Uint8Array;
  formerSignature: Uint8Array;
  nextSignature: Uint8Array;
}

export const LINK_BYTES = 4 + 2 * PUBLIC_KEY_BYTES + 2 * SIGNATURE_BYTES;

/** Whoever last heard of the swarm more changes of authority ago than this is enrolled anew. */
export const MAX_LINKS = 8;

/** What of a roster the links concern. */
export interface LinkedRoster {
  swarm: string;
  epoch: number;
  authorityLinks?: Uint8Array | undefined;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** No envelope and no enrolment request begins like this: the signatures are good for nothing else. */
const saidBy = (swarm: string, { epoch, former, next }: AuthorityLink): Uint8Array =>
  new TextEncoder().encode(
    `skein change of authority 1\n${epoch}\n${hexFromBytes(former)}\n${hexFromBytes(next)}\n${swarm}`,
  );

/**
 * The links of a roster, oldest first. Undefined unless each begins at the key that the one before ended
 * with, no key comes twice, and epochs grow up to the roster's. Checks no signature. Never throws.
 */
export const readLinks = (roster: LinkedRoster): AuthorityLink[] | undefined => {
  const bytes = roster.authorityLinks ?? new Uint8Array(0);
  if (bytes.length % LINK_BYTES !== 0 || bytes.length > MAX_LINKS * LINK_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const links: AuthorityLink[] = [];
  const keys = new Set<string>();
  for (let at = 0; at < bytes.length; at += LINK_BYTES) {
    const part = (from: number, length: number): Uint8Array =>
      bytes.slice(at + from, at + from + length);
    const link = {
      epoch: view.getUint32(at, true),
      former: part(4, PUBLIC_KEY_BYTES),
      next: part(36, PUBLIC_KEY_BYTES),
      formerSignature: part(68, SIGNATURE_BYTES),
      nextSignature: part(132, SIGNATURE_BYTES),
    };
    const before = links.at(-1);
    if (before !== undefined && !isSame(before.next, link.former)) return undefined;
    if (link.epoch <= (before?.epoch ?? 0) || link.epoch > roster.epoch) return undefined;
    keys.add(hexFromBytes(link.former)).add(hexFromBytes(link.next));
    links.push(link);
    if (keys.size !== links.length + 1) return undefined;
  }
  return links;
};

/**
 * Why links lead nowhere: they are none; they do not touch the trusted key; one lacks a signature of the
 * authority that goes or of the one that comes.
 */
export type LinkFault = 'malformed' | 'unlinked' | 'former-unsigned' | 'next-unsigned';

export type Followed =
  | { ok: true; authorityKey: Uint8Array }
  | { ok: false; why: LinkFault; epoch: number };

/**
 * The authority that a roster's links lead to from the one that is trusted: that one itself where they
 * end with it, or are none. Whether it signed the roster is the caller's to ask.
 */
export const followLinks = (
  roster: LinkedRoster,
  trusted: Uint8Array,
  verify: Verify,
): Followed => {
  const links = readLinks(roster);
  if (links === undefined) return { ok: false, why: 'malformed', epoch: roster.epoch };
  const newest = links.at(-1)?.next ?? trusted;
  if (isSame(newest, trusted)) return { ok: true, authorityKey: trusted };
  const start = links.findIndex(({ former }) => isSame(former, trusted));
  if (start < 0) return { ok: false, why: 'unlinked', epoch: roster.epoch };
  for (const link of links.slice(start)) {
    const said = saidBy(roster.swarm, link);
    const { epoch } = link;
    if (!verify(link.former, said, link.formerSignature)) {
      return { ok: false, why: 'former-unsigned', epoch };
    }
    if (!verify(link.next, said, link.nextSignature)) {
      return { ok: false, why: 'next-unsigned', epoch };
    }
  }
  return { ok: true, authorityKey: newest };
};

/** The same roster, whose epoch must be a new one, handed over from one key to the next; the oldest link is forgotten. */
export const handOver = <R extends LinkedRoster>(
  roster: R,
  former: Pick<SigningKey, 'publicKey' | 'sign'>,
  next: Pick<SigningKey, 'publicKey' | 'sign'>,
): R => {
  const none = new Uint8Array(0);
  const link: AuthorityLink = {
    epoch: roster.epoch,
    former: former.publicKey,
    next: next.publicKey,
    formerSignature: none,
    nextSignature: none,
  };
  const said = saidBy(roster.swarm, link);
  const added = new Uint8Array(LINK_BYTES);
  new DataView(added.buffer).setUint32(0, link.epoch, true);
  added.set(link.former, 4);
  added.set(link.next, 36);
  added.set(former.sign(said), 68);
  added.set(next.sign(said), 132);
  const kept = (roster.authorityLinks ?? none).slice(-LINK_BYTES * (MAX_LINKS - 1));
  return { ...roster, authorityLinks: Uint8Array.from([...kept, ...added]) };
};
