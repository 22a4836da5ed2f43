import { admit } from './admit.ts';
import { decodeEnvelope } from './envelope.ts';
import { PUBLIC_KEY_BYTES } from './identity.ts';
import type { MeshMember } from './mesh-member.ts';
import { encodeFreshness, restoreFreshness } from './stored-freshness.ts';
import { allEntries } from './registers.ts';

/**
 * The durable state of a member as bytes for a file: what it knew when its process ended. Per entry,
 * in the order of receipt: f64 receipt (monotonic ms), u32 length, the signed envelope; little-endian.
 * Two entries are no envelopes: with a receipt of −2 stored-freshness.ts, with one of −3 the public keys of
 * the configured authority and of the present one.
 */
const HEADER_BYTES = 12;
const FRESHNESS_MS = -2;
const TRUST_MS = -3;

export const encodeStoredState = (member: MeshMember): Uint8Array => {
  const entries = [
    ...allEntries(member.admission.registers),
    { receivedMs: FRESHNESS_MS, bytes: encodeFreshness(member.admission) },
    {
      receivedMs: TRUST_MS,
      bytes: Uint8Array.from([...member.rootKey, ...member.admission.authorityKey]),
    },
  ];
  const total = entries.reduce((sum, entry) => sum + HEADER_BYTES + entry.bytes.length, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const entry of entries) {
    view.setFloat64(offset, entry.receivedMs, true);
    view.setUint32(offset + 8, entry.bytes.length, true);
    bytes.set(entry.bytes, offset + HEADER_BYTES);
    offset += HEADER_BYTES + entry.bytes.length;
  }
  return bytes;
};

const isRoster = (envelope: Uint8Array): boolean => decodeEnvelope(envelope)?.topic === 'roster';

interface StoredEntry {
  receivedMs: number;
  bytes: Uint8Array;
}

/** Up to the first torn entry. */
const storedEntries = (bytes: Uint8Array): StoredEntry[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: StoredEntry[] = [];
  let offset = 0;
  while (bytes.length - offset >= HEADER_BYTES) {
    const end = offset + HEADER_BYTES + view.getUint32(offset + 8, true);
    if (end > bytes.length) break;
    const receivedMs = view.getFloat64(offset, true);
    entries.push({ receivedMs, bytes: bytes.slice(offset + HEADER_BYTES, end) });
    offset = end;
  }
  return entries;
};

/**
 * The authority that a member had come to trust when it last stored its state, and the roster in force;
 * undefined where it began with another root, which somebody has configured since.
 */
export const storedTrust = (
  bytes: Uint8Array,
  rootKey: Uint8Array,
): { authorityKey: Uint8Array; signedRoster: Uint8Array } | undefined => {
  const entries = storedEntries(bytes);
  const keys = entries.find(({ receivedMs }) => receivedMs === TRUST_MS)?.bytes;
  const signedRoster = entries.find((one) => isRoster(one.bytes))?.bytes;
  if (keys?.length !== 2 * PUBLIC_KEY_BYTES || signedRoster === undefined) return undefined;
  const root = keys.subarray(0, PUBLIC_KEY_BYTES);
  if (Buffer.compare(root, rootKey) !== 0) return undefined;
  return { authorityKey: keys.slice(PUBLIC_KEY_BYTES), signedRoster };
};

/**
 * Takes a stored state back, every envelope admitted as if it had just come: a file is as foreign as
 * a peer. Receipts keep their time, so that a restart revives nothing that has expired; a time in the
 * future is from before a reboot and becomes now. Stops at the first torn entry.
 */
export const restoreStoredState = (member: MeshMember, bytes: Uint8Array, nowMs: number): void => {
  const entries = storedEntries(bytes);
  const freshness = entries.find(({ receivedMs }) => receivedMs === FRESHNESS_MS)?.bytes;
  const stored = entries
    .filter(({ receivedMs }) => receivedMs !== FRESHNESS_MS && receivedMs !== TRUST_MS)
    .map(({ receivedMs, bytes: envelope }) => ({
      receivedMs: receivedMs >= 0 && receivedMs <= nowMs ? receivedMs : nowMs,
      envelope,
    }));
  // Rosters first: they say whose messages the others may be.
  const rosters = stored.filter((one) => isRoster(one.envelope));
  const others = stored.filter((one) => !isRoster(one.envelope));
  for (const { envelope, receivedMs } of [...rosters, ...others]) {
    admit(member.admission, envelope, receivedMs, 'repair');
  }
  if (freshness !== undefined) restoreFreshness(member.admission, freshness);
};
