import { Fault } from '../fault.ts';
import { admit, createAdmission, type AdmissionState } from './admit.ts';
import { unknownClock, type ClockOffset } from './clock-offset.ts';
import type { EnvelopeReader } from './opened-envelope.ts';
import { emptyOutgoing, type Outgoing } from './outgoing.ts';
import { openRoster } from './signed-roster.ts';
import type { Sign, Verify } from './signing.ts';
import { fullBucket, type BucketLimits, type TokenBucket } from './token-bucket.ts';

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
  readonly counts: { messagesIn: number; refused: number; lastRefusal: string };
}

interface PeerKnowledge {
  clock: ClockOffset;
  bucket: TokenBucket;
  /** The member's own last message that was fresh: by its clock and by ours. NaN = none yet. */
  lastSentMs: number;
  heardMs: number;
  bootEpoch: number;
}

export interface MemberOptions {
  self: number;
  sign: Sign;
  verify: Verify;
  /** Left out: reads everything anew. */
  reader?: EnvelopeReader;
  authorityKey: Uint8Array;
  /** As roster-file.ts reads it. */
  signedRoster: Uint8Array;
  bootEpoch: number;
  nowMs: number;
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
  const admission = createAdmission(self, roster, authorityKey, verify, reader);
  // Into the registers with it: repair then brings it to members that hold an older one.
  admit(admission, signedRoster, nowMs);
  return {
    admission,
    outgoing: emptyOutgoing(),
    sign: options.sign,
    bootEpoch: options.bootEpoch,
    sequence: 0,
    sentTimes: new Set(),
    peers: new Map(),
    nextRepairMs: nowMs,
    counts: { messagesIn: 0, refused: 0, lastRefusal: '' },
  };
};

/** What is known of a peer; of one that left the roster nothing is kept. */
export const knowledgeOf = (member: MeshMember, id: number, nowMs: number): PeerKnowledge => {
  const known = member.peers.get(id);
  if (known !== undefined) return known;
  const fresh: PeerKnowledge = {
    clock: unknownClock(),
    bucket: fullBucket(PEER_RATE, nowMs),
    lastSentMs: Number.NaN,
    heardMs: Number.NaN,
    bootEpoch: 0,
  };
  if (member.admission.members.has(id)) member.peers.set(id, fresh);
  return fresh;
};
