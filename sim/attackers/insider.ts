import type { Publish } from '#protocols/channel/mesh-messages.ts';
import { Fault as Failure } from '#protocols/fault.ts';
import type { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { Goal } from '#protocols/gossip/goal.ts';
import { newestGoal } from '#protocols/gossip/registers.ts';
import type { Sign } from '#protocols/gossip/signing.ts';
import type { Episode } from '../episode/episode.ts';
import type { AttackTruth } from './attack-truth.ts';
import { Forger } from './forger.ts';
import { castRightsOf, type Voice } from './voice.ts';

/** Above all that an honest agent says in one flight: freshness goes by number. */
const FIRST_SEQUENCE = 1 << 24;

/** A member of the roster that has turned: its key, its place on the air, and all that its agent hears. */
export class Insider {
  readonly sysid: number;
  readonly voice: Voice;
  readonly sign: Sign;
  readonly forger: Forger;
  readonly #episode: Episode;

  constructor(episode: Episode, sysid: number) {
    this.sysid = sysid;
    this.#episode = episode;
    this.voice = episode.airwaves.voice(sysid);
    this.voice.castRights = () => castRightsOf(this.session?.member);
    this.sign = episode.identities.keys.get(sysid)!.sign;
    const { clock } = episode.drone(sysid)!;
    this.forger = new Forger(this.sign, () => clock.monotonicMs(), FIRST_SEQUENCE + episode.nowMs);
    episode.attacks.turn(sysid, episode.nowMs);
  }

  get truth(): AttackTruth {
    return this.#episode.attacks;
  }

  get bootEpoch(): number {
    return this.session?.member.bootEpoch ?? 0;
  }

  /** The agent's own session; undefined while its process is dead. */
  get session(): MeshSession | undefined {
    return this.#episode.drone(this.sysid)?.mesh.session;
  }

  /** The newest goal that its agent holds. */
  get goal(): Goal | undefined {
    const { session } = this;
    if (session === undefined) return undefined;
    const newest = newestGoal(session.member.admission.registers);
    const received = newest === undefined ? undefined : session.recallEntry(newest);
    return received?.topic === 'goal' ? received.payload : undefined;
  }

  /** Says it as its agent would, in its own name and within all rules. */
  publish(publish: Publish): void {
    try {
      this.session?.publish(publish);
      this.truth.messages += 1;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** Puts bytes on the air as gossip; `isForged`: no honest member may accept them. */
  say(bytes: Uint8Array, isForged: boolean): void {
    this.truth.said(bytes);
    if (isForged) this.truth.forge(bytes);
    this.voice.publish(bytes);
  }

  /** The same, as a transfer of repair to every peer. */
  hand(bytes: Uint8Array): void {
    this.truth.said(bytes);
    this.voice.sendAll(bytes);
  }
}
