/**
 * Degree of the gossip mesh (gossipsub's D, Dlo, Dhi, Dlazy). More peers in it cost bytes and CPU for
 * copies, fewer cost delay under loss.
 */
export const gossipDegree = (
  members: number,
): { D: number; Dlo: number; Dhi: number; Dlazy: number } =>
  members <= 12 ? { D: 3, Dlo: 2, Dhi: 4, Dlazy: 2 } : { D: 4, Dlo: 3, Dhi: 6, Dlazy: 2 };

export const GOSSIP_HEARTBEAT_MS = 1000;
/** Heartbeats for which a message can be asked for, and is told of. */
export const GOSSIP_CACHE = { length: 6, told: 2 } as const;
