import type { Belief } from '../gossip/belief.ts';
import type { Beacon } from '../gossip/beacon.ts';
import type { Bid } from '../gossip/bid.ts';
import type { Directive } from '../gossip/directive.ts';
import type { Finding } from '../gossip/finding.ts';
import type { Goal } from '../gossip/goal.ts';
import type { Intent } from '../gossip/intent.ts';
import type { Release } from '../gossip/release.ts';
import type { Roster } from '../gossip/roster.ts';
import type { SafetyEnvelope } from '../gossip/safety-envelope.ts';
import type { TaskReport } from '../gossip/task-report.ts';

/** The decoded, validated payload of each topic. */
export interface PayloadByTopic {
  goal: Goal;
  directive: Directive;
  roster: Roster;
  intent: Intent;
  bid: Bid;
  taskReport: TaskReport;
  belief: Belief;
  finding: Finding;
  beacon: Beacon;
  release: Release;
  safety: SafetyEnvelope;
}

/** One admitted message: its signature, role, freshness and schema were checked by the mesh process. */
export type Received = {
  [T in keyof PayloadByTopic]: {
    topic: T;
    author: number;
    bootEpoch: number;
    sequence: number;
    /** The author's monotonic ms. */
    sentMs: number;
    /** This machine's monotonic ms. */
    receivedMs: number;
    /** Add to the author's monotonic ms to get ours; the error is within clockErrorMs. */
    clockOffsetMs: number;
    clockErrorMs: number;
    payload: PayloadByTopic[T];
  };
}[keyof PayloadByTopic];

/** What the mind asks the mesh to sign and publish. */
export type Publish = {
  [T in keyof PayloadByTopic]: { topic: T; payload: PayloadByTopic[T] };
}[keyof PayloadByTopic];

export interface MeshStatus {
  nowMs: number;
  member: number;
  rosterEpoch: number;
  peers: { member: number; connected: boolean; heardMs: number; transport: string }[];
  bytesIn: number;
  bytesOut: number;
  messagesIn: number;
  messagesRejected: number;
  lastReject: string;
}
