import type { Received } from '../channel/mesh-messages.ts';
import { admit, type Accepted, type Refusal } from './admit.ts';
import { clockEstimate, noteEchoed, noteHeard, unknownClock } from './clock-offset.ts';
import type { Envelope } from './envelope.ts';
import { knowledgeOf, PEER_RATE, type MeshMember } from './mesh-member.ts';
import type { GossipVerdict } from './mesh.ts';
import { isDurable, type Entry } from './registers.ts';
import { answerRepair } from './repair.ts';
import { AUTHORITY } from './roles.ts';
import { takeTokens } from './token-bucket.ts';

/** What came of a message from the transport. */
export interface Receipt {
  verdict: GossipVerdict;
  /** Decoded and admitted, in order. */
  received: Received[];
  /** The same messages' envelopes, as they travelled. */
  envelopes: Uint8Array[];
  /** Direct answers to whoever sent it. */
  replies: Uint8Array[];
}

/** After two sides were seen to differ, the next two are likely to. */
const REPAIR_AGAIN_MS = 500;

/** A bundle that gossip brought from the peer `from`, who need not be its author. */
export const receiveGossip = (
  member: MeshMember,
  from: number,
  bundle: Uint8Array,
  nowMs: number,
): Receipt => {
  const { bucket } = knowledgeOf(member, from, nowMs);
  const receipt: Receipt = { verdict: 'ignore', received: [], envelopes: [], replies: [] };
  const envelopes = member.admission.reader.split(bundle);
  if (!takeTokens(bucket, PEER_RATE, envelopes?.length ?? 1, nowMs)) {
    note(member, 'peer-rate');
    return receipt;
  }
  if (envelopes === undefined) {
    note(member, 'malformed');
    return { ...receipt, verdict: 'reject' };
  }
  for (const bytes of envelopes) {
    const verdict = receiveEnvelope(member, bytes, 'gossip', nowMs, receipt);
    if (verdict === 'reject') return { ...receipt, verdict };
    if (verdict === 'accept') receipt.verdict = verdict;
  }
  return receipt;
};

/** A message of repair for us alone. */
export const receiveDirect = (
  member: MeshMember,
  from: number,
  bytes: Uint8Array,
  nowMs: number,
): Receipt => {
  const receipt: Receipt = { verdict: 'ignore', received: [], envelopes: [], replies: [] };
  const { bucket } = knowledgeOf(member, from, nowMs);
  const cost = 1 + bytes.length / 1024;
  if (!takeTokens(bucket, PEER_RATE, cost, nowMs)) {
    note(member, 'peer-rate');
    return receipt;
  }
  const { admission } = member;
  const isMember = (author: number): boolean =>
    author === AUTHORITY || admission.members.has(author);
  const reply = answerRepair(admission.registers, bytes, isMember);
  const envelopes = reply.bundle === undefined ? [] : (admission.reader.split(reply.bundle) ?? []);
  for (const envelope of envelopes) receiveEnvelope(member, envelope, 'repair', nowMs, receipt);
  if (reply.differs || receipt.received.length > 0) {
    member.nextRepairMs = Math.min(member.nextRepairMs, nowMs + REPAIR_AGAIN_MS);
  }
  receipt.replies.push(...reply.replies);
  return receipt;
};

const receiveEnvelope = (
  member: MeshMember,
  bytes: Uint8Array,
  lane: 'gossip' | 'repair',
  nowMs: number,
  receipt: Receipt,
): GossipVerdict => {
  const admission = admit(member.admission, bytes, nowMs, lane);
  if (admission.verdict !== 'accept') {
    noteRefusal(member, admission);
    return admission.verdict;
  }
  const { envelope } = admission;
  member.counts.messagesIn += 1;
  outliveOwnPast(member, envelope);
  // What repair brings may be old: it proves neither that its author lives nor what its clock says.
  if (lane === 'gossip') noteAuthor(member, admission, nowMs);
  receipt.received.push(receivedOf(member, admission, nowMs));
  receipt.envelopes.push(bytes);
  return 'accept';
};

const receivedOf = (member: MeshMember, accepted: Accepted, nowMs: number): Received => {
  const { topic, author, bootEpoch, sequence, sentMs } = accepted.envelope;
  const estimate =
    author === member.admission.self
      ? { offsetMs: 0, errorMs: 0 }
      : clockEstimate(member.peers.get(author)?.clock, nowMs);
  return {
    topic,
    author,
    bootEpoch,
    sequence,
    sentMs,
    receivedMs: nowMs,
    clockOffsetMs: estimate.offsetMs,
    clockErrorMs: estimate.errorMs,
    payload: accepted.payload,
  } as Received;
};

const noteAuthor = (member: MeshMember, accepted: Accepted, nowMs: number): void => {
  const { envelope } = accepted;
  const { author, sentMs, bootEpoch } = envelope;
  if (isDurable(envelope.topic) || author === member.admission.self) return;
  const peer = knowledgeOf(member, author, nowMs);
  if (bootEpoch !== peer.bootEpoch) peer.clock = unknownClock();
  peer.bootEpoch = bootEpoch;
  peer.lastSentMs = sentMs;
  peer.heardMs = nowMs;
  noteHeard(peer.clock, sentMs, nowMs);
  if (accepted.envelope.topic !== 'beacon') return;
  const { echoes } = accepted.payload as { echoes: [number, number, number][] };
  for (const [of, ourSentMs, theirHeardMs] of echoes) {
    if (of !== member.admission.self || !member.sentTimes.has(ourSentMs)) continue;
    noteEchoed(peer.clock, ourSentMs, theirHeardMs, nowMs);
  }
};

/** A message of our own from a later boot than this one: the count of boots was lost; go past it. */
const outliveOwnPast = (member: MeshMember, envelope: Envelope): void => {
  if (envelope.author !== member.admission.self) return;
  const isFuture =
    envelope.bootEpoch > member.bootEpoch ||
    (envelope.bootEpoch === member.bootEpoch && envelope.sequence > member.sequence);
  if (!isFuture) return;
  member.bootEpoch = envelope.bootEpoch + 1;
  member.sequence = 0;
};

const note = (member: MeshMember, code: string): void => {
  member.counts.refused += 1;
  member.counts.lastRefusal = code;
};

/** Late copies are how gossip and repair work, not refusals worth a person's attention. */
const noteRefusal = (member: MeshMember, refusal: Refusal): void => {
  if (refusal.code === 'stale' || refusal.code === 'duplicate' || refusal.code === 'own') return;
  note(member, `${refusal.code} ${JSON.stringify(refusal.data)}`.slice(0, 200));
};

/** A durable message as it was first received, for a mind that starts late or again. */
export const recall = (member: MeshMember, entry: Entry): Received | undefined => {
  const opened = member.admission.reader.open(entry.bytes);
  const decoded = opened?.payload();
  if (opened === undefined || decoded?.ok !== true) return undefined;
  const { envelope } = opened;
  const { bytes } = entry;
  const accepted = { verdict: 'accept', envelope, payload: decoded.payload, bytes } as Accepted;
  return receivedOf(member, accepted, entry.receivedMs);
};
