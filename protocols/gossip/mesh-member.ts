import { Fault } from '../fault.ts';
import { admit, createAdmission, type AdmissionState } from './admit.ts';
import { CAST_RATE, newLane, type FastLane } from './fast-lane.ts';
import { noOrders, type FastOrders } from './fast-orders.ts';
import { unknownClock, type ClockOffset } from './clock-offset.ts';
import type { EnvelopeReader } from './opened-envelope.ts';
import { emptyOutgoing, type Outgoing } from './outgoing.ts';
import { gossipPace, type Pace } from './pace.ts';
import { emptyAccount, type PeerAccount } from './peer-account.ts';
import type { Roster } from './roster.ts';
import { authorityOf, openRoster } from './signed-roster.ts';
import type { Sign, Verify } from './signing.ts';
import { fullBucket, type BucketLimits, type TokenBucket } from './token-bucket.ts';
import type { Topic } from './topic.ts';

/**
 * One member of the mesh without its transport: admission, registers, repair, clock and budget in one
 * state. It is changed only by mesh-receive.ts, mesh-publish.ts and mesh-tick.ts, none of which does
 * I/O, so that the libp2p node and the simulated mesh run the same code.
 */
export interface MeshMember {
  readonly admission: AdmissionState;
  readonly outgoing: Outgoing;
  readonly sign: Sign;
  /** Persist it whenever it grows: peers take a smaller one for the past. */
  bootEpoch: number;
  sequence: number;
  /** When our last messages departed: an echo of any other time is none. */
  readonly sentTimes: Set<number>;
  readonly peers: Map<number, PeerKnowledge>;
  nextRepairMs: number;
  /** Undefined while the roster in force has no group key for us. */
  lane: FastLane | undefined;
  readonly groupKeyOf: GroupKeyOf;
  /** The authority of the configuration; whom it led to is in `admission`. */
  readonly rootKey: Uint8Array;
  readonly gossipPace: Pace;
  readonly orders: FastOrders;
  /** When gossip last carried each topic of ours that ages. */
  readonly gossipedMs: Map<Topic, number>;
  readonly counts: { messagesIn: number; refused: number; lastRefusal: string };
  /** By the author named, else by who carried it: what was refused. Bounded (mesh-receive.ts). */
  readonly refusals: Map<number, { count: number; last: string }>;
}

interface PeerKnowledge {
  clock: ClockOffset;
  bucket: TokenBucket;
  /** Of frames in its name: whoever has the group's key may name anybody as their sender. */
  castBucket: TokenBucket;
  /** The member's own last message that was fresh: by its clock and by ours. NaN = none yet. */
  lastSentMs: number;
  heardMs: number;
  bootEpoch: number;
  /** Of the roster that its last word was said under. */
  rosterEpoch: number;
  account: PeerAccount;
  /** Drones only: the last directive obeyed, as its beacon says, [issuer, number]. */
  obeyed: readonly [number, number] | null;
}

/** Our group key in a roster that this authority signed; undefined when it has none for us. */
export type GroupKeyOf = (roster: Roster, authorityKey: Uint8Array) => Uint8Array | undefined;

export interface MemberOptions {
  self: number;
  sign: Sign;
  verify: Verify;
  /** Left out: reads everything anew. */
  reader?: EnvelopeReader;
  /** Whom this member trusts: as configured, or as it found out since. */
  authorityKey: Uint8Array;
  /** Left out: `authorityKey`. */
  rootKey?: Uint8Array;
  /** As roster-file.ts reads it. */
  signedRoster: Uint8Array;
  bootEpoch: number;
  nowMs: number;
  /** Left out: no fast lane. */
  groupKeyOf?: GroupKeyOf;
}

/** Envelopes a second per peer, whoever's they are: five times what thirty drones say in flight. */
export const PEER_RATE: BucketLimits = { perS: 1000, burst: 2000 };

/** Throws as {@link openRoster}, and Fault 'not-in-roster'. */
export const createMeshMember = (options: MemberOptions): MeshMember => {
  const { self, authorityKey, verify, reader, signedRoster, nowMs } = options;
  const roster = openRoster(signedRoster, authorityKey, verify, reader);
  if (!roster.members.some((member) => member.id === self)) {
    throw new Fault('not-in-roster', `member ${self} is not in the roster of ${roster.swarm}`, {
      data: { member: self, swarm: roster.swarm, epoch: roster.epoch },
      remedy: 'Enrol this member, then start it again.',
      exit: 'refused',
    });
  }
  const signer = authorityOf(roster, authorityKey);
  const admission = createAdmission(self, roster, signer, verify, reader);
  // Into the registers with it: repair then brings it to members that hold an older one.
  admit(admission, signedRoster, nowMs);
  const groupKeyOf = options.groupKeyOf ?? (() => undefined);
  const groupKey = groupKeyOf(admission.roster, signer);
  return {
    admission,
    lane: groupKey === undefined ? undefined : newLane(admission.roster, groupKey, nowMs),
    groupKeyOf,
    rootKey: options.rootKey ?? authorityKey,
    gossipPace: gossipPace(admission.members.size, nowMs),
    gossipedMs: new Map(),
    orders: noOrders(),
    outgoing: emptyOutgoing(),
    sign: options.sign,
    bootEpoch: options.bootEpoch,
    sequence: 0,
    sentTimes: new Set(),
    peers: new Map(),
    nextRepairMs: nowMs,
    counts: { messagesIn: 0, refused: 0, lastRefusal: '' },
    refusals: new Map(),
  };
};

/** What is known of a peer; of one that left the roster nothing is kept. */
export const knowledgeOf = (member: MeshMember, id: number, nowMs: number): PeerKnowledge => {
  const known = member.peers.get(id);
  if (known !== undefined) return known;
  const fresh: PeerKnowledge = {
    clock: unknownClock(),
    bucket: fullBucket(PEER_RATE, nowMs),
    castBucket: fullBucket(CAST_RATE, nowMs),
    lastSentMs: Number.NaN,
    heardMs: Number.NaN,
    bootEpoch: 0,
    rosterEpoch: 0,
    account: emptyAccount(nowMs),
    obeyed: null,
  };
  if (member.admission.members.has(id)) member.peers.set(id, fresh);
  return fresh;
};

/** After a roster: nothing is kept of who is not in it. */
export const forgetLeavers = (member: MeshMember): void => {
  for (const id of member.peers.keys()) {
    if (!member.admission.members.has(id)) member.peers.delete(id);
  }
};
