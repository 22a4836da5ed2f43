import { admit } from './admit.ts';
import { decodeEnvelope } from './envelope.ts';
import type { MeshMember } from './mesh-member.ts';
import { encodeFreshness, restoreFreshness } from './stored-freshness.ts';
import { allEntries } from './registers.ts';

/**
 * The durable state of a member as bytes for a file: what it knew when its process ended. Per entry,
 * in the order of receipt: f64 receipt (monotonic ms), u32 length, the signed envelope; little-endian.
 * The last entry, with a receipt of −2, is no envelope but stored-freshness.ts.
 */
const HEADER_BYTES = 12;
const FRESHNESS_MS = -2;

export const encodeStoredState = (member: MeshMember): Uint8Array => {
  const entries = [
    ...allEntries(member.admission.registers),
    { receivedMs: FRESHNESS_MS, bytes: encodeFreshness(member.admission) },
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

/**
 * Takes a stored state back, every envelope admitted as if it had just come: a file is as foreign as
 * a peer. Receipts keep their time, so that a restart revives nothing that has expired; a time in the
 * future is from before a reboot and becomes now. Stops at the first torn entry.
 */
export const restoreStoredState = (member: MeshMember, bytes: Uint8Array, nowMs: number): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stored: { receivedMs: number; envelope: Uint8Array }[] = [];
  let freshness: Uint8Array | undefined;
  let offset = 0;
  while (bytes.length - offset >= HEADER_BYTES) {
    const end = offset + HEADER_BYTES + view.getUint32(offset + 8, true);
    if (end > bytes.length) break;
    const receivedMs = view.getFloat64(offset, true);
    if (receivedMs === FRESHNESS_MS) freshness = bytes.subarray(offset + HEADER_BYTES, end);
    stored.push({
      receivedMs: receivedMs >= 0 && receivedMs <= nowMs ? receivedMs : nowMs,
      envelope: bytes.slice(offset + HEADER_BYTES, end),
    });
    offset = end;
  }
  // Rosters first: they say whose messages the others may be.
  const rosters = stored.filter((one) => isRoster(one.envelope));
  const others = stored.filter((one) => !isRoster(one.envelope));
  for (const { envelope, receivedMs } of [...rosters, ...others]) {
    admit(member.admission, envelope, receivedMs, 'repair');
  }
  if (freshness !== undefined) restoreFreshness(member.admission, freshness);
};
