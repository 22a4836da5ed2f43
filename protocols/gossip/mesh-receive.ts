import type { PayloadByTopic, Received } from '../channel/mesh-messages.ts';
import { admit, type Accepted, type Refusal } from './admit.ts';
import { clockEstimate, latenessMs, noteEchoed, noteHeard, unknownClock } from './clock-offset.ts';
import type { Envelope } from './envelope.ts';
import { forgetLeavers, knowledgeOf, PEER_RATE, type MeshMember } from './mesh-member.ts';
import type { GossipVerdict } from './mesh.ts';
import { noteLateness, type Pace } from './pace.ts';
import { noteWord } from './peer-account.ts';
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
    note(member, from, 'peer-rate');
    return receipt;
  }
  if (envelopes === undefined) {
    note(member, from, 'malformed');
    return { ...receipt, verdict: 'reject' };
  }
  for (const bytes of envelopes) {
    const verdict = receiveEnvelope(member, from, bytes, 'gossip', nowMs, receipt);
    if (verdict === 'reject') return { ...receipt, verdict };
    if (verdict === 'accept') receipt.verdict = verdict;
  }
  learnLateness(member, member.gossipPace, receipt, nowMs);
  return receipt;
};

/** Whether the peer has not used up what it may ask of us; notes it where it has. */
export const isDirectWelcome = (
  member: MeshMember,
  from: number,
  bytes: number,
  nowMs: number,
): boolean => {
  const { bucket } = knowledgeOf(member, from, nowMs);
  const isWelcome = takeTokens(bucket, PEER_RATE, 1 + bytes / 1024, nowMs);
  if (!isWelcome) note(member, from, 'peer-rate');
  return isWelcome;
};

/** A message of repair for us alone. */
export const receiveDirect = (
  member: MeshMember,
  from: number,
  bytes: Uint8Array,
  nowMs: number,
): Receipt => {
  const receipt: Receipt = { verdict: 'ignore', received: [], envelopes: [], replies: [] };
  if (!isDirectWelcome(member, from, bytes.length, nowMs)) return receipt;
  const { admission } = member;
  const isMember = (author: number): boolean =>
    author === AUTHORITY || admission.members.has(author);
  const reply = answerRepair(admission.registers, bytes, isMember);
  const envelopes = reply.bundle === undefined ? [] : (admission.reader.split(reply.bundle) ?? []);
  for (const envelope of envelopes)
    receiveEnvelope(member, from, envelope, 'repair', nowMs, receipt);
  if (reply.differs || receipt.received.length > 0) {
    member.nextRepairMs = Math.min(member.nextRepairMs, nowMs + REPAIR_AGAIN_MS);
  }
  receipt.replies.push(...reply.replies);
  return receipt;
};

/** Admits one envelope and adds it to the receipt. `lane`: the way that it came. */
export const receiveEnvelope = (
  member: MeshMember,
  from: number,
  bytes: Uint8Array,
  lane: 'gossip' | 'cast' | 'repair',
  nowMs: number,
  receipt: Receipt,
): GossipVerdict => {
  const admission = admit(member.admission, bytes, nowMs, lane === 'repair' ? 'repair' : 'gossip');
  if (admission.verdict !== 'accept') {
    noteRefusal(member, from, admission);
    return admission.verdict;
  }
  const { envelope } = admission;
  member.counts.messagesIn += 1;
  outliveOwnPast(member, envelope);
  if (envelope.topic === 'roster') forgetLeavers(member);
  // What repair brings may be old: it proves neither that its author lives nor what its clock says.
  if (lane !== 'repair') noteAuthor(member, admission, nowMs);
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
  const { author, sentMs, bootEpoch, rosterEpoch } = envelope;
  if (author === AUTHORITY || author === member.admission.self) return;
  const peer = knowledgeOf(member, author, nowMs);
  noteWord(peer.account, envelope, accepted.bytes.length, nowMs);
  if (isDurable(envelope.topic)) return;
  peer.rosterEpoch = rosterEpoch;
  if (bootEpoch !== peer.bootEpoch) peer.clock = unknownClock();
  peer.bootEpoch = bootEpoch;
  peer.lastSentMs = sentMs;
  peer.heardMs = nowMs;
  noteHeard(peer.clock, sentMs, nowMs);
  if (accepted.envelope.topic !== 'beacon') return;
  const { echoes, directive } = accepted.payload as PayloadByTopic['beacon'];
  peer.obeyed = directive;
  for (const [of, ourSentMs, theirHeardMs] of echoes) {
    if (of !== member.admission.self || !member.sentTimes.has(ourSentMs)) continue;
    noteEchoed(peer.clock, ourSentMs, theirHeardMs, nowMs);
  }
};

/** What ages is signed as it departs: its time stamp tells how long the channel kept it. */
export const learnLateness = (
  member: MeshMember,
  pace: Pace,
  { received }: Receipt,
  nowMs: number,
): void => {
  const departed = received.find(({ topic }) => !isDurable(topic));
  if (departed === undefined) return;
  const clock = member.peers.get(departed.author)?.clock;
  if (clock === undefined) return;
  noteLateness(pace, departed.author, latenessMs(clock, departed.sentMs, nowMs));
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

/** A forger may name any of 65,535 authors. */
const MAX_REFUSED = 64;

/** Counts a message that was refused, by whom it names or who carried it, and says why. */
export const note = (member: MeshMember, who: number, code: string): void => {
  member.counts.refused += 1;
  member.counts.lastRefusal = code;
  const { refusals } = member;
  const count = (refusals.get(who)?.count ?? 0) + 1;
  refusals.delete(who);
  for (const longest of refusals.keys()) {
    if (refusals.size < MAX_REFUSED) break;
    refusals.delete(longest);
  }
  refusals.set(who, { count, last: code });
};

/** Late copies are how gossip and repair work, not refusals worth a person's attention. */
const noteRefusal = (member: MeshMember, from: number, refusal: Refusal): void => {
  if (refusal.code === 'stale' || refusal.code === 'duplicate' || refusal.code === 'own') return;
  const { author } = refusal.data;
  note(
    member,
    typeof author === 'number' ? author : from,
    `${refusal.code} ${JSON.stringify(refusal.data)}`.slice(0, 200),
  );
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
