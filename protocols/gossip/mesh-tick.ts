import type { Random } from '../random.ts';
import { splitBundle } from './bundle.ts';
import type { MeshMember } from './mesh-member.ts';
import { signDeparting } from './mesh-publish.ts';
import { takeBundles } from './outgoing.ts';
import { encodeDigest } from './repair.ts';

/** What one tick hands to the transport. */
export interface MeshOutbox {
  gossip: Uint8Array[];
  /** Our own envelopes in `gossip`, one by one, for the record. */
  envelopes: Uint8Array[];
  direct: { to: number; bytes: Uint8Array }[];
}

/** With one random peer each time, news that gossip lost reaches n members in about log n rounds. */
const REPAIR_INTERVAL_MS = 3000;

/**
 * Sends what is due and starts a round of repair now and then. To be called some twenty times a
 * second, and at once after something urgent was queued. `peers`: members connected to us.
 */
export const meshTick = (
  member: MeshMember,
  peers: readonly number[],
  nowMs: number,
  random: Random,
): MeshOutbox => {
  const gossip = takeBundles(member.outgoing, nowMs, (topic, payload) =>
    signDeparting(member, topic, payload, nowMs),
  );
  const direct: MeshOutbox['direct'] = [];
  const to = peers[Math.floor(random.uniform() * peers.length)];
  if (nowMs >= member.nextRepairMs && to !== undefined) {
    member.nextRepairMs = nowMs + REPAIR_INTERVAL_MS * (0.75 + 0.5 * random.uniform());
    direct.push({ to, bytes: encodeDigest(member.admission.registers) });
  }
  return { gossip, envelopes: gossip.flatMap((bundle) => splitBundle(bundle) ?? []), direct };
};

/** The first words to a peer that has just connected: two partitions that meet repair at once. */
export const greeting = (member: MeshMember): Uint8Array =>
  encodeDigest(member.admission.registers);
