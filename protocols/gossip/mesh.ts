import type { Roster } from './roster.ts';

/** What a transport does with a gossip message that it was handed: pass it on, drop it, blame its carrier. */
export type GossipVerdict = 'accept' | 'ignore' | 'reject';

export interface MeshPeer {
  member: number;
  /** quic, tcp, or simulated. */
  transport: string;
}

/** Somebody who has no place in the roster and dialled all the same. */
export interface Stranger {
  /** The transport's name for its key. */
  peerId: string;
  turnedAway: number;
}

/** What the user of a mesh does with what arrives. Called with members that the roster names only. */
export interface MeshHandlers {
  /** A gossip message, once, by whatever path came first; answered at once, for it is relayed by the answer. */
  onGossip(from: number, bytes: Uint8Array): GossipVerdict;
  /** A message for us alone, from a peer that is connected to us. */
  onDirect(from: number, bytes: Uint8Array): void;
  /** A frame of the fast lane, from whoever is in range: nobody vouches for it. */
  onCast(bytes: Uint8Array): void;
  onConnect(member: number): void;
  onDisconnect(member: number): void;
}

/**
 * The port to the other members: moves bytes and knows who is on the other end, nothing more.
 * Best effort: nothing here retries, orders or promises delivery; repair does.
 */
export interface Mesh {
  /** To every member that gossip reaches. */
  publish(bytes: Uint8Array): void;
  /** Once, to whoever is in range, members or not; undefined where there is no such way now. */
  readonly cast: ((bytes: Uint8Array) => void) | undefined;
  /** Why `cast` is missing, for people; empty while it is there. */
  castTrouble?(): string;
  /** To one peer, if it is connected. */
  send(to: number, bytes: Uint8Array): void;
  /** Members with a live connection to us over which gossip can flow. */
  peers(): MeshPeer[];
  /** Drops the connection to a member, which is then dialled again: mends one that fell silent. */
  hangUp(member: number): void;
  /** A member that was silent is heard again, by whatever way: a link may come about, if there is none. */
  seek(member: number): void;
  /** Who may connect from now on; whoever is connected and is not in it is cut off. */
  allow(roster: Roster): void;
  /** Application bytes moved so far. */
  traffic(): { bytesIn: number; bytesOut: number };
  /** The latest who were turned away, where a transport can tell. */
  strangers?(): Stranger[];
  close(): Promise<void>;
}
