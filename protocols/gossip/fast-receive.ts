import type { Random } from '../random.ts';
import { hopsOf, readHeader, type FastFrame, type FastHeader } from './fast-frame.ts';
import { noteDirect, noteSaid } from './fast-hearing.ts';
import { CAST_RATE, isRelayNeeded, peerOf, type FastLane } from './fast-lane.ts';
import { noteCopy, noteSeen, planRelay } from './fast-relay.ts';
import { knowledgeOf, type MeshMember } from './mesh-member.ts';
import { learnLateness, note, receiveEnvelope, type Receipt } from './mesh-receive.ts';
import { AUTHORITY } from './roles.ts';
import { takeTokens } from './token-bucket.ts';

/** A frame that a relay was faster with than the air comes within this. */
const PROMPT_COPY_MS = 100;

/**
 * A frame of the fast lane, from anybody at all. Cheapest question first: form, whether it is a copy,
 * the seal, the sender's rate, and then what any lane asks of an envelope. What a frame says of hearing
 * and pace counts once its sender's signature is on something new in it, so a replay teaches nothing.
 */
export const receiveCast = (
  member: MeshMember,
  bytes: Uint8Array,
  nowMs: number,
  random: Random,
): Receipt => {
  const receipt: Receipt = { verdict: 'ignore', received: [], envelopes: [], replies: [] };
  const { lane } = member;
  if (lane === undefined) return receipt;
  const header = readHeader(bytes);
  if (header === undefined) {
    note(member, AUTHORITY, 'cast-malformed');
    return receipt;
  }
  const copy = noteCopy(lane.relay, bytes);
  if (copy !== undefined) {
    // Hops stand outside of the seal: anybody may play a frame as if it came from its sender.
    const isPrompt = nowMs - copy.seenMs <= PROMPT_COPY_MS;
    if (hopsOf(bytes) === 0 && isPrompt) noteDirect(peerOf(lane, copy.sender), copy, nowMs);
    return receipt;
  }
  const { sender } = header;
  if (sender === member.admission.self) return receipt;
  if (header.rosterEpoch > lane.rosterEpoch) member.nextRepairMs = nowMs;
  const frame = openWith(member, lane, header, bytes);
  if (frame === undefined) return receipt;
  noteSeen(lane.relay, bytes, {
    sender,
    number: frame.number,
    bootEpoch: frame.bootEpoch,
    seenMs: nowMs,
    copies: 0,
  });
  admitBundle(member, lane, frame, nowMs, receipt);
  if (!receipt.received.some(({ author }) => author === sender)) return receipt;
  lane.counts.framesIn += 1;
  learn(lane, frame, hopsOf(bytes) === 0, nowMs);
  if (hopsOf(bytes) === 0) learnLateness(member, lane.pace, receipt, nowMs);
  if (frame.isUrgent || isRelayNeeded(lane, sender, nowMs)) {
    planRelay(lane.relay, bytes, frame.isUrgent, nowMs, random);
  }
  return receipt;
};

const openWith = (
  member: MeshMember,
  lane: FastLane,
  { sender, rosterEpoch }: FastHeader,
  bytes: Uint8Array,
): FastFrame | undefined => {
  const { former } = lane;
  let key: Uint8Array | undefined;
  if (rosterEpoch === lane.rosterEpoch) key = lane.key;
  else if (rosterEpoch === former?.rosterEpoch) ({ key } = former);
  if (key === undefined) {
    note(member, sender, 'cast-epoch');
    return undefined;
  }
  const frame = member.admission.reader.frame(bytes, key);
  if (frame === undefined) note(member, sender, 'cast-seal');
  return frame;
};

const admitBundle = (
  member: MeshMember,
  lane: FastLane,
  frame: FastFrame,
  nowMs: number,
  receipt: Receipt,
): void => {
  const { admission } = member;
  if (!admission.members.has(frame.sender)) {
    note(member, frame.sender, 'cast-not-a-member');
    return;
  }
  const envelopes = admission.reader.split(frame.bundle);
  // Who was left out of the roster still has the former key: what comes under it shares one budget.
  const isFormer = frame.rosterEpoch !== lane.rosterEpoch;
  const bucket = isFormer ? lane.formerBucket : knowledgeOf(member, frame.sender, nowMs).castBucket;
  if (envelopes === undefined || !takeTokens(bucket, CAST_RATE, envelopes.length, nowMs)) {
    note(member, frame.sender, envelopes === undefined ? 'cast-malformed' : 'cast-rate');
    return;
  }
  for (const envelope of envelopes) {
    receiveEnvelope(member, frame.sender, envelope, 'cast', nowMs, receipt);
  }
};

const learn = (lane: FastLane, frame: FastFrame, isDirect: boolean, nowMs: number): void => {
  const peer = peerOf(lane, frame.sender);
  // Told in the order of a roster that is not ours, hearing means nothing.
  const hearing = frame.rosterEpoch === lane.rosterEpoch ? frame.hearing : new Uint8Array(0);
  noteSaid(peer, { ...frame, hearing }, nowMs);
  if (isDirect) noteDirect(peer, frame, nowMs);
};
