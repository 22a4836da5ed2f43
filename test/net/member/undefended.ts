import { Unpackr } from 'msgpackr';

import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import { decodePayload } from '#protocols/gossip/codec.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import type { MeshMember } from '#protocols/gossip/mesh-member.ts';
import type { Undefended } from '#protocols/gossip/node-defences.ts';
import {
  OpenedEnvelope,
  plainReader,
  type EnvelopeReader,
} from '#protocols/gossip/opened-envelope.ts';
import { GROUP_KEY_BYTES } from '#protocols/gossip/sealing.ts';
import type { Defence } from './orders.ts';

/** A table that never holds anything. */
class Forgetful<K, V> extends Map<K, V> {
  override get(): undefined {
    return undefined;
  }
}

/** What is taken from these buckets is there at once again. */
class Bottomless<K, V> extends Map<K, V> {
  override get(key: K): V | undefined {
    const value = super.get(key) as
      | { bucket: { tokens: number }; castBucket: { tokens: number } }
      | undefined;
    for (const bucket of value === undefined ? [] : [value.bucket, value.castBucket]) {
      bucket.tokens = Infinity;
    }
    return value as V | undefined;
  }
}

const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });

/** Takes a report for what its decoder makes of it. */
const rashReader: EnvelopeReader = {
  ...plainReader,
  open: (bytes) => {
    const envelope = decodeEnvelope(bytes);
    if (envelope === undefined) return undefined;
    return new OpenedEnvelope(envelope, bytes, (topic, payload) => {
      if (topic !== 'taskReport') return decodePayload(topic, payload);
      return { ok: true, payload: unpackr.unpack(payload) as PayloadByTopic['taskReport'] };
    });
  },
};

/** Switches defences of a member off, those of the node excepted. */
export const disarm = (member: MeshMember, without: readonly Defence[]): void => {
  const { admission } = member;
  if (without.includes('signatures')) Object.assign(admission, { verify: () => true });
  if (without.includes('freshness')) Object.assign(admission, { newest: new Forgetful() });
  if (without.includes('scan')) Object.assign(admission, { reader: rashReader });
  if (without.includes('seal')) {
    const { reader } = admission;
    const frame: EnvelopeReader['frame'] = (bytes, key) =>
      reader.frame(bytes, key) ?? reader.frame(bytes, OUTSIDERS_KEY);
    Object.assign(admission, { reader: { ...reader, frame } });
  }
  if (without.includes('rates')) {
    Object.assign(member, { peers: new Bottomless(member.peers) });
  }
};

/** A key that no group has, and that a member without its seal takes for the group's. */
export const OUTSIDERS_KEY = new Uint8Array(GROUP_KEY_BYTES).fill(7);

const FAR = 100_000;

export const undefendedNode = (without: readonly Defence[]): Undefended => ({
  ...(without.includes('membership') && { membersOnly: false }),
  ...(without.includes('scores') && { scores: false }),
  ...(without.includes('rates') && { quarantine: false }),
  ...(without.includes('limits') && {
    maxConnectionsPerPeer: FAR,
    maxStreamsPerConnection: FAR,
    prunesDoubles: false,
    maxRepairStreams: FAR,
    repairTimeoutMs: FAR,
    negotiationTimeoutMs: FAR,
  }),
});
