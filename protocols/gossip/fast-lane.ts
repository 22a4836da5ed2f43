import { packBundles } from './bundle.ts';
import { bundleRoom, encodeFrame } from './fast-frame.ts';
import {
  encodeHearing,
  hearingBytes,
  HEARS,
  levelOf,
  saidLevel,
  unheardPeer,
  type FastPeer,
} from './fast-hearing.ts';
import { framePace, type Pace } from './pace.ts';
import { newRelay, type FastRelay } from './fast-relay.ts';
import type { Roster } from './roster.ts';
import { fullBucket, type BucketLimits, type TokenBucket } from './token-bucket.ts';

/**
 * What a member knows of the fast lane: one transmission that all in range hear, without connections,
 * acknowledgements or order. It is where positions and promises travel, because a message of gossip
 * costs a copy per link; and who hears whom decides what is said again, and what gossip still carries.
 */
export interface FastLane {
  rosterEpoch: number;
  key: Uint8Array;
  /** Of the roster before: members who have not heard of the new one still speak under it. */
  former: { rosterEpoch: number; key: Uint8Array } | undefined;
  readonly formerBucket: TokenBucket;
  /** Members by id: the order of {@link FastFrame.hearing}. */
  order: readonly number[];
  index: ReadonlyMap<number, number>;
  readonly peers: Map<number, FastPeer>;
  readonly relay: FastRelay;
  pace: Pace;
  /** Frames sent. */
  number: number;
  /** What lasts is said twice, the second time with what comes next. */
  again: Uint8Array[];
  againMs: number;
  /** When the others' digests were last compared with what we have. */
  comparedMs: number;
  readonly counts: { framesIn: number; framesOut: number; relayed: number };
}

/**
 * Envelopes a second in frames of one sender, who speaks for itself alone but for orders: six times what
 * one says. Its signatures take a processor 4 % of its time.
 */
export const CAST_RATE: BucketLimits = { perS: 300, burst: 600 };

export const newLane = (roster: Roster, key: Uint8Array, nowMs: number): FastLane => ({
  rosterEpoch: roster.epoch,
  key,
  former: undefined,
  formerBucket: fullBucket(CAST_RATE, nowMs),
  ...orderOf(roster),
  peers: new Map(),
  relay: newRelay(nowMs),
  pace: framePace(roster.members.length, nowMs),
  number: 0,
  again: [],
  againMs: 0,
  comparedMs: nowMs,
  counts: { framesIn: 0, framesOut: 0, relayed: 0 },
});

const orderOf = ({ members }: Roster): Pick<FastLane, 'order' | 'index'> => {
  const order = members.map(({ id }) => id).sort((a, b) => a - b);
  return { order, index: new Map(order.map((id, at) => [id, at])) };
};

/** The lane under a newer roster; what was heard of those who stay is still true. */
export const renewedLane = (
  lane: FastLane | undefined,
  roster: Roster,
  key: Uint8Array,
  nowMs: number,
): FastLane => {
  const fresh = newLane(roster, key, nowMs);
  if (lane === undefined) return fresh;
  for (const [id, peer] of lane.peers) {
    // Its hearing was told in the old order.
    if (fresh.index.has(id)) fresh.peers.set(id, { ...peer, hearing: new Uint8Array(0) });
  }
  const { rosterEpoch, number } = lane;
  return { ...fresh, number, former: { rosterEpoch, key: lane.key } };
};

/** The peer's knowledge, to be changed. Only members have any: at most one per member. */
export const peerOf = (lane: FastLane, member: number): FastPeer => {
  const known = lane.peers.get(member);
  if (known !== undefined) return known;
  const fresh = unheardPeer();
  lane.peers.set(member, fresh);
  return fresh;
};

const indexOf = ({ index }: FastLane, member: number): number => index.get(member) ?? -1;

/** Whether the other hears us on this lane, straight or by relay, as it said lately. */
export const isHeardBy = (lane: FastLane, self: number, other: number, nowMs: number): boolean => {
  const peer = lane.peers.get(other);
  if (peer === undefined || levelOf(peer, nowMs) === HEARS.not) return false;
  return saidLevel(peer, indexOf(lane, self)) !== HEARS.not;
};

/** Whether somebody whom we hear straight is likely to lack what `sender` says. */
export const isRelayNeeded = (lane: FastLane, sender: number, nowMs: number): boolean => {
  const index = indexOf(lane, sender);
  for (const [member, peer] of lane.peers) {
    if (member === sender || levelOf(peer, nowMs) < HEARS.poorly) continue;
    if (saidLevel(peer, index) < HEARS.well) return true;
  }
  return false;
};

interface FrameSource {
  self: number;
  bootEpoch: number;
  ownDigest: number;
  /** A number that this member never used in this boot. */
  nextCounter(): number;
}

/** The envelopes in as few frames as hold them; what is too large for a frame is left out. */
export const composeFrames = (
  lane: FastLane,
  envelopes: readonly Uint8Array[],
  isUrgent: boolean,
  source: FrameSource,
  nowMs: number,
): Uint8Array[] => {
  const room = bundleRoom(hearingBytes(lane.order.length));
  const fitting = envelopes.filter(({ length }) => length <= room);
  if (fitting.length === 0) return [];
  const hearing = encodeHearing(lane.order, lane.peers, nowMs);
  return packBundles(fitting, room).map((bundle) => {
    lane.number += 1;
    lane.counts.framesOut += 1;
    const frame = {
      sender: source.self,
      rosterEpoch: lane.rosterEpoch,
      bootEpoch: source.bootEpoch,
      counter: source.nextCounter(),
      isUrgent,
      number: lane.number,
      paceMs: lane.pace.intervalMs,
      hearing,
      ownDigest: source.ownDigest,
      bundle,
    };
    return encodeFrame(frame, lane.key);
  });
};
