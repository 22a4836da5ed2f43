import type { MeshStatus } from '#protocols/channel/mesh-messages.ts';
import type { ContentProgress } from '#protocols/gossip/piece-exchange.ts';
import type { DirectiveKind } from '#protocols/gossip/directive.ts';

/** How a member process is started: a JSON file, its only argument. */
export interface MemberConfig {
  self: number;
  directory: string;
  privateKeyFile: string;
  rosterFile: string;
  authorityPublicKeyHex: string;
  address: string;
  seed: number;
  /** Gossip over libp2p alone, no datagrams. */
  gossipOnly: boolean;
  /** Defences that this member goes without, so that an attack can be seen at work. */
  without?: readonly Defence[];
}

export type Defence =
  | 'membership'
  | 'signatures'
  | 'freshness'
  | 'rates'
  | 'scores'
  | 'scan'
  | 'seal'
  | 'limits';

/** What a member says of itself for as long as it is told nothing else. Beacons come once a second anyway. */
export interface Load {
  intentHz: number;
  claimHz: number;
  /** Completes the first task of a list common to all that it does not know to be done. */
  doneHz?: number;
}

/** One message as its author said it, or as a hearer took it; ms of the machine's one monotonic clock. */
export interface Note {
  kind: 'intent' | 'claim' | 'done' | 'directive' | 'goal' | 'roster';
  author: number;
  /** Names the message among its author's of this kind. */
  name: string;
  atMs: number;
}

export interface Account {
  said: Note[];
  heard: Note[];
  /** Names of the lasting messages that are held: author, boot epoch, sequence. */
  held: string[];
  /** For each task that is done, who did it under which claim, as the book of a drone's mind has it. */
  completed: string[];
  status: MeshStatus;
  contents: ContentProgress[];
  cpuMs: number;
  rssBytes: number;
  maxRssBytes: number;
  /** Files and sockets that are open. */
  fds: number;
  /** Longest time for which the process did nothing else. */
  blockedMs: number;
}

export type Order =
  | { do: 'load'; load: Load }
  | { do: 'directive'; kind: DirectiveKind; number: number }
  | { do: 'goal'; number: number }
  | { do: 'roster'; signedHex: string }
  /** Offers a content of so many bytes, drawn by the seed. */
  | { do: 'offer'; name: string; version: number; bytes: number; seed: number }
  /** Its clock goes ahead from now on. */
  | { do: 'clock'; aheadMs: number }
  /** Answers with an Account, and forgets what was noted. */
  | { do: 'account' };

export interface Request<O> {
  id: number;
  order: O;
}

export interface Answer<V> {
  id: number;
  value?: V;
  error?: string;
}
