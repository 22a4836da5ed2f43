import type { MeshStatus } from '#protocols/channel/mesh-messages.ts';
import type { MeshMember } from '#protocols/gossip/mesh-member.ts';
import type { Mesh } from '#protocols/gossip/mesh.ts';

/** How a member's links stand: who is connected, who was heard when, what was refused. */
export const meshStatusOf = (
  member: MeshMember,
  mesh: Mesh | undefined,
  nowMs: number,
): MeshStatus => {
  const peers = mesh?.peers() ?? [];
  const traffic = mesh?.traffic() ?? { bytesIn: 0, bytesOut: 0 };
  const { admission, counts } = member;
  return {
    nowMs,
    member: admission.self,
    rosterEpoch: admission.roster.epoch,
    peers: [...admission.members.keys()]
      .filter((id) => id !== admission.self)
      .map((id) => {
        const peer = peers.find((one) => one.member === id);
        return {
          member: id,
          connected: peer !== undefined,
          heardMs: member.peers.get(id)?.heardMs ?? -1,
          transport: peer?.transport ?? '',
        };
      }),
    ...traffic,
    messagesIn: counts.messagesIn,
    messagesRejected: counts.refused,
    lastReject: counts.lastRefusal,
  };
};
