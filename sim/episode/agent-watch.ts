import type { Mind } from '#agent/mind/state.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { entriesOf } from '#protocols/gossip/registers.ts';
import type {
  AgentTruth,
  GossipedHead,
  MeshTruth,
  MindTruth,
  PilotTruth,
  RevokedWord,
} from '../checker/agent-truth.ts';
import type { Episode } from './episode.ts';
import type { LockstepDrone } from './lockstep-drone.ts';

/** What the agents hold in memory and what they take in, for the judge. */
export class AgentWatch {
  readonly #episode: Episode;
  /** Newest roster epoch that each drone has ever taken in. */
  readonly #knownEpoch = new Map<number, number>();
  readonly #lives = new WeakMap<Mind, number>();
  #nextLife = 1;
  /** Aborts by issuer and number, and when the first drone heard of each. */
  readonly #aborts = new Map<string, number>();
  /** Drones whose mesh has taken in an abort that was new to the swarm since {@link beginAbort}. */
  readonly #told = new Set<number>();
  #abortBeganMs = Number.POSITIVE_INFINITY;
  #revokedWords: RevokedWord[] = [];
  #heads: GossipedHead[] = [];

  constructor(episode: Episode) {
    this.#episode = episode;
    episode.onAdmitted = (sysid, received) => this.#admitted(sysid, received);
  }

  /** An operator orders all home: who knew of earlier aborts knows nothing of this one. */
  beginAbort(nowMs: number): void {
    this.#abortBeganMs = nowMs;
    this.#told.clear();
  }

  /** Whether the mesh of this drone has taken in the abort that stands. */
  hasHeardAbort(sysid: number): boolean {
    return this.#told.has(sysid);
  }

  /** All since the last call. */
  take(): { agents: AgentTruth[]; revokedWords: RevokedWord[]; heads: GossipedHead[] } {
    const revokedWords = this.#revokedWords;
    const heads = this.#heads;
    this.#revokedWords = [];
    this.#heads = [];
    const agents = this.#episode.drones.map((drone) => ({
      sysid: drone.sysid,
      mind: this.#mind(drone),
      mesh: meshOf(drone),
      pilot: pilotOf(drone),
      boot: drone.storage.formerLogs.length,
      sizes: (['pilot', 'mind', 'mesh', 'recorder'] as const).flatMap((name) => drone[name].sizes),
    }));
    return { agents, revokedWords, heads };
  }

  #mind({ mind: { mind } }: LockstepDrone): MindTruth | undefined {
    if (mind === undefined) return undefined;
    const life = this.#lives.get(mind) ?? this.#nextLife++;
    this.#lives.set(mind, life);
    return { life, goal: mind.goal?.id, tasks: mind.book };
  }

  #admitted(sysid: number, received: Received): void {
    const { author, topic, bootEpoch, sequence } = received;
    if (topic === 'roster') {
      const known = this.#knownEpoch.get(sysid) ?? 0;
      this.#knownEpoch.set(sysid, Math.max(known, received.payload.epoch));
      return;
    }
    const known = this.#knownEpoch.get(sysid) ?? 0;
    const { revocations } = this.#episode.attacks;
    if (revocations.some(({ member, epoch }) => member === author && epoch <= known)) {
      this.#revokedWords.push({ sysid, author, topic });
    }
    if (topic === 'directive' && received.payload.kind === 'abort') {
      this.#heardAbort(sysid, `${author}-${received.payload.number}`);
    }
    if (topic !== 'beacon' || author === sysid || received.payload.logHead === null) return;
    const [link, bytes] = received.payload.logHead;
    const head = Buffer.from(bytes).toString('hex');
    this.#heads.push({ author, bootEpoch, sequence, link, head });
  }

  #heardAbort(sysid: number, abort: string): void {
    const firstMs = this.#aborts.get(abort) ?? this.#episode.nowMs;
    this.#aborts.set(abort, firstMs);
    if (firstMs >= this.#abortBeganMs) this.#told.add(sysid);
  }
}

const meshOf = ({ mesh: { session } }: LockstepDrone): MeshTruth | undefined => {
  if (session === undefined) return undefined;
  const { admission } = session.member;
  const releases = new Map<string, number>();
  for (const { key, version } of entriesOf(admission.registers, 'release')) {
    releases.set(key, Math.max(version, releases.get(key) ?? version));
  }
  return { rosterEpoch: admission.roster.epoch, releases };
};

const pilotOf = ({ pilot: { pilot } }: LockstepDrone): PilotTruth | undefined =>
  pilot && { goal: pilot.core.authority.state.newestGoal ?? undefined };
