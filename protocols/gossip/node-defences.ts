/** What keeps strangers, and members that turned, from wearing a node out. */
export interface NodeDefences {
  /** Only who is in the roster may connect and be heard. */
  membersOnly: boolean;
  /** Whoever misbehaves in gossip loses score, and in the end is listened to no more. */
  scores: boolean;
  /** Whoever sends more than anybody honest does is cut off for a while. */
  quarantine: boolean;
  /** A redial and an upgrade make two; a third is somebody taking up places. */
  maxConnectionsPerPeer: number;
  /** Keeps one connection with a peer where there are more. */
  prunesDoubles: boolean;
  /**
   * Of one connection, whatever their protocol. Six repairs at once, gossip's two and identification
   * come to ten.
   */
  maxStreamsPerConnection: number;
  /** Repairs that a connection may carry at once. */
  maxRepairStreams: number;
  /** From its opening to its last byte. Gossip's streams last. */
  repairTimeoutMs: number;
  /** To agree upon a stream's protocol, and upon a connection's keys. */
  negotiationTimeoutMs: number;
}

export const NODE_DEFENCES: NodeDefences = {
  membersOnly: true,
  scores: true,
  quarantine: true,
  maxConnectionsPerPeer: 3,
  prunesDoubles: true,
  maxStreamsPerConnection: 32,
  maxRepairStreams: 8,
  repairTimeoutMs: 5000,
  negotiationTimeoutMs: 4000,
};

/** What tests start a node with, to show an attack at work; nothing outside of them may (test/house). */
export type Undefended = Partial<NodeDefences>;
