import { mindSizes } from '#agent/mind/sizes.ts';
import type { Mind } from '#agent/mind/state.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { memberSizes } from '#protocols/gossip/member-sizes.ts';
import { entriesOf } from '#protocols/gossip/registers.ts';
import type {
  AgentTruth,
  GossipedHead,
  MeshTruth,
  MindTruth,
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
  #revokedWords: RevokedWord[] = [];
  #heads: GossipedHead[] = [];

  constructor(episode: Episode) {
    this.#episode = episode;
    episode.onAdmitted = (sysid, received) => this.#admitted(sysid, received);
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
    }));
    return { agents, revokedWords, heads };
  }

  #mind({ mind: { mind } }: LockstepDrone): MindTruth | undefined {
    if (mind === undefined) return undefined;
    const life = this.#lives.get(mind) ?? this.#nextLife++;
    this.#lives.set(mind, life);
    return { life, goal: mind.goal?.id, tasks: mind.book, sizes: mindSizes(mind) };
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
    if (topic !== 'beacon' || author === sysid || received.payload.logHead === null) return;
    const [link, bytes] = received.payload.logHead;
    const head = Buffer.from(bytes).toString('hex');
    this.#heads.push({ author, bootEpoch, sequence, link, head });
  }
}

const meshOf = ({ mesh: { session } }: LockstepDrone): MeshTruth | undefined => {
  if (session === undefined) return undefined;
  const { admission } = session.member;
  const releases = new Map<string, number>();
  for (const { key, version } of entriesOf(admission.registers, 'release')) {
    releases.set(key, Math.max(version, releases.get(key) ?? version));
  }
  return { rosterEpoch: admission.roster.epoch, releases, sizes: memberSizes(session.member) };
};
