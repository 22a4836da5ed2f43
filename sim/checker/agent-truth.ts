import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { Sized } from '#protocols/sized.ts';

/** What stands in the memory of one drone's agent: read from outside, and asked of nobody. */
export interface AgentTruth {
  sysid: number;
  /** Counts how often its computer has lost its power. */
  boot: number;
  /** Of the mind's process; undefined while there is none. */
  mind: MindTruth | undefined;
  /** Of the mesh's process; undefined while there is none. */
  mesh: MeshTruth | undefined;
  pilot: PilotTruth | undefined;
  /** Tables and queues of all its processes. */
  sizes: readonly Sized[];
}

export interface MindTruth {
  /** One number per start of the process. */
  life: number;
  goal: GoalId | undefined;
  /** Under that goal, by task id. */
  tasks: ReadonlyMap<string, { state: string; owner: number; claimEpoch: number }>;
}

export interface MeshTruth {
  rosterEpoch: number;
  /** Newest version that it keeps of each release. */
  releases: ReadonlyMap<string, number>;
}

export interface PilotTruth {
  /** The goal whose signed limits it flies by. */
  goal: GoalId | undefined;
}

/** A message that a drone took for true although its author had been revoked by a roster that it knew. */
export interface RevokedWord {
  sysid: number;
  author: number;
  topic: string;
}

/** Where an author's log had come to, as it said in a beacon. */
export interface GossipedHead {
  author: number;
  bootEpoch: number;
  sequence: number;
  link: number;
  /** First 8 bytes, hex. */
  head: string;
}

/** The chain of one log as it stands on a disk. */
export interface ChainTruth {
  author: number;
  /** After each link, first 8 bytes, hex. */
  heads: readonly string[];
}
