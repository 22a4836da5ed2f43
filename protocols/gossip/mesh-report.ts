import { fingerprintOf } from './fingerprint.ts';
import { levelOf } from './fast-hearing.ts';
import type { MeshMember } from './mesh-member.ts';
import type { Mesh } from './mesh.ts';
import type { ContentProgress } from './piece-exchange.ts';
import { recentOf } from './peer-account.ts';
import type { Role } from './roster.ts';

/** How one other member is reached and heard. */
export interface PeerReport {
  member: number;
  name: string;
  role: Role;
  /** direct: a link of ours; relayed: heard by way of others; silent: neither, or not for ten seconds. */
  path: 'direct' | 'relayed' | 'silent';
  /** quic, tcp, simulated; empty without a link. */
  transport: string;
  /** ms since its own voice was heard; null = never. */
  ageMs: number | null;
  /** Share of its words of the last ten to twenty seconds that did not come, or came too late; null = it said none. */
  loss: number | null;
  /** How its frames of the fast lane reach us; null = there is no such lane. */
  hears: 'well' | 'poorly' | 'relayed' | 'not' | null;
  /** Of its own words, whoever carried them. */
  bytes: number;
  bytesPerS: number;
  /** The roster that it goes by, as its last word says; null = not heard. */
  rosterEpoch: number | null;
  /** Messages in its name or carried by it that were refused, and why the last one was; empty = none. */
  refused: number;
  lastRefusal: string;
}

/** The mesh as one member sees it at one moment. */
export interface MeshReport {
  member: number;
  swarm: string;
  rosterEpoch: number;
  rosterExpiresUnixS: number;
  /** Fingerprint of the authority that signed the roster. */
  authority: string;
  peers: PeerReport[];
  /** Authors and callers that the roster does not name, and what was refused of them; the latest. */
  strangers: { who: string; refused: number; lastRefusal: string }[];
  /** Application bytes over all links. */
  bytesIn: number;
  bytesOut: number;
  messagesIn: number;
  messagesRefused: number;
  fastLane: LaneReport;
  /** Contents of releases, as far as they are here. */
  contents: ContentProgress[];
}

/** The fast lane of one member. */
interface LaneReport {
  isOpen: boolean;
  /** Why gossip carries everything; empty while the lane is open. */
  why: string;
  /** Least ms between two frames, by how full the channel is. */
  paceMs: number;
  framesIn: number;
  framesOut: number;
  /** Frames of others that we said again. */
  relayed: number;
}

const SILENT_MS = 10_000;

const HEARS_WORDS = ['not', 'relayed', 'poorly', 'well'] as const;

const laneReport = ({ lane }: MeshMember, mesh: Mesh | undefined): LaneReport => {
  const why =
    lane === undefined
      ? 'the roster has no group key for this member'
      : (mesh?.castTrouble?.() ?? '');
  return {
    isOpen: lane !== undefined && mesh?.cast !== undefined,
    why: mesh?.cast === undefined && why === '' ? 'this mesh has no fast lane' : why,
    paceMs: Math.round(lane?.pace.intervalMs ?? 0),
    ...(lane?.counts ?? { framesIn: 0, framesOut: 0, relayed: 0 }),
  };
};

export const meshReport = (
  member: MeshMember,
  mesh: Mesh | undefined,
  contents: ContentProgress[],
  nowMs: number,
): MeshReport => {
  const { admission, counts, refusals } = member;
  const { roster } = admission;
  const transports = new Map(mesh?.peers().map((peer) => [peer.member, peer.transport]));
  const others = roster.members.filter((one) => one.id !== admission.self);
  const strangers = [...refusals].filter(([id]) => !admission.members.has(id));
  return {
    member: admission.self,
    swarm: roster.swarm,
    rosterEpoch: roster.epoch,
    rosterExpiresUnixS: roster.expiresUnixS,
    authority: fingerprintOf(admission.authorityKey),
    peers: others.map(({ id, name, role }): PeerReport => {
      const known = member.peers.get(id);
      const isHeard = known !== undefined && Number.isFinite(known.heardMs);
      const ageMs = isHeard ? nowMs - known.heardMs : null;
      const transport = transports.get(id);
      const isAudible = ageMs !== null && ageMs < SILENT_MS;
      const { loss, bytesPerS } =
        known === undefined ? { loss: null, bytesPerS: 0 } : recentOf(known.account, nowMs);
      return {
        member: id,
        name,
        role,
        path: transport !== undefined ? 'direct' : isAudible ? 'relayed' : 'silent',
        transport: transport ?? '',
        ageMs,
        loss,
        hears:
          member.lane === undefined ? null : HEARS_WORDS[levelOf(member.lane.peers.get(id), nowMs)],
        bytes: known?.account.bytes ?? 0,
        bytesPerS,
        rosterEpoch: isHeard ? known.rosterEpoch : null,
        refused: refusals.get(id)?.count ?? 0,
        lastRefusal: refusals.get(id)?.last ?? '',
      };
    }),
    strangers: [
      ...strangers.map(([id, { count, last }]) => ({
        who: `member ${id}`,
        refused: count,
        lastRefusal: last,
      })),
      ...(mesh?.strangers?.() ?? []).map(({ peerId, turnedAway }) => ({
        who: peerId,
        refused: turnedAway,
        lastRefusal: 'its connection: the roster does not name this key',
      })),
    ],
    ...(mesh?.traffic() ?? { bytesIn: 0, bytesOut: 0 }),
    messagesIn: counts.messagesIn,
    messagesRefused: counts.refused,
    fastLane: laneReport(member, mesh),
    contents,
  };
};
