import type { DirectiveKind } from '#protocols/gossip/directive.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import { openGroupKey } from '#protocols/gossip/group-key.ts';
import { createGoalDesk, type GoalDesk } from '#protocols/gossip/goal-desk.ts';
import { createMeshMember } from '#protocols/gossip/mesh-member.ts';
import { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { Publish, Received } from '#protocols/channel/mesh-messages.ts';
import { stationBeacon } from '#protocols/gossip/station-beacon.ts';
import type { Mesh, MeshHandlers } from '#protocols/gossip/mesh.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import type { EnvelopeReader } from '#protocols/gossip/opened-envelope.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import type { Random } from '#protocols/random.ts';
import type { Clock } from '#protocols/time.ts';
import type { Topic } from '#protocols/gossip/topic.ts';
import type { GivenOrder } from '../attackers/attack-truth.ts';
import { forgeEnvelope } from '../attackers/forger.ts';
import type { Identities } from './identities.ts';

const TICK_MS = 50;
const BEACON_MS = 1000;
const FORGED_AHEAD = 1000;

interface OperatorParts {
  member: number;
  identities: Identities;
  verify: Verify;
  reader: EnvelopeReader;
  clock: Clock;
  random: Random;
  join(member: number, roster: Roster, handlers: MeshHandlers): Mesh;
  bootEpoch: number;
  /** Told of every order to all. */
  ordered(kind: GivenOrder['kind']): void;
}

/** The operator's member of the mesh in lockstep: gives orders, and hears what is said. */
export class EpisodeOperator {
  readonly #session: MeshSession;
  readonly #clock: Clock;
  readonly #desk: GoalDesk;
  /** Reports and findings, with the time since its start by its own clock, ms. */
  readonly heard: { atMs: number; received: Received }[] = [];
  readonly #startMs: number;
  readonly #ordered: OperatorParts['ordered'];
  #newest: GoalId | undefined;
  #deadlineMs: number;
  #beaconMs: number;

  constructor(parts: OperatorParts) {
    const { member: self, identities, verify, reader, clock, random, join, bootEpoch } = parts;
    const nowMs = clock.monotonicMs();
    const key = identities.keys.get(self)!;
    const member = createMeshMember({
      self,
      sign: key.sign,
      verify,
      reader,
      authorityKey: identities.authority.publicKey,
      signedRoster: identities.signedRoster,
      groupKeyOf: (roster, signer) => openGroupKey(roster, self, key.seed, signer),
      bootEpoch,
      nowMs,
    });
    this.#ordered = parts.ordered;
    this.#clock = clock;
    this.#session = new MeshSession(member, clock, random, {
      onReceived: (received) => this.#hear(received),
      onSent: () => undefined,
    });
    this.#session.attach(join(self, member.admission.roster, this.#session));
    this.#desk = createGoalDesk(member, Number(clock.unixUs() / 1000n));
    this.#startMs = nowMs;
    this.#deadlineMs = nowMs;
    this.#beaconMs = nowMs;
  }

  startMission(mission: Mission): GoalId {
    const { id } = this.#desk.start(mission, this.#newest, this.#clock.monotonicMs());
    this.#newest = id;
    this.#ordered('goal');
    return id;
  }

  /** `targets` empty: all. */
  direct(kind: DirectiveKind, targets: number[] = [], confirmed = false): void {
    this.#desk.direct(kind, targets, confirmed, this.#clock.monotonicMs());
    if (targets.length === 0 && (kind === 'abort' || kind === 'hold' || kind === 'resume')) {
      this.#ordered(kind);
    }
  }

  /** Brings a newer roster of the authority's into the swarm. Throws Fault 'roster-not-taken'. */
  introduceRoster(signedRoster: Uint8Array): void {
    this.#session.introduceRoster(signedRoster);
  }

  /** Signs and publishes anything at all in this operator's name: a station that was taken over does. */
  publish(publish: Publish): void {
    this.#session.publish(publish);
  }

  /** A message under this operator's key that its station never sent, newer than all that it has said. */
  forge(topic: Topic, payload: Uint8Array): Uint8Array {
    const { bootEpoch, sequence, sign, admission } = this.#session.member;
    const header = {
      topic,
      author: admission.self,
      rosterEpoch: admission.roster.epoch,
      bootEpoch,
      sequence: sequence + FORGED_AHEAD,
      sentMs: this.#clock.monotonicMs(),
    };
    return forgeEnvelope(header, payload, sign);
  }

  step(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#beaconMs) {
      this.#beaconMs += BEACON_MS;
      this.#session.publish({ topic: 'beacon', payload: stationBeacon(this.#session.echoes()) });
    }
    this.#session.relay();
    if (nowMs < this.#deadlineMs) return;
    this.#deadlineMs += TICK_MS;
    this.#session.tick();
  }

  #hear(received: Received): void {
    if (received.topic === 'goal') this.#noteGoal(received.payload.id);
    if (received.topic !== 'taskReport' && received.topic !== 'finding') return;
    this.heard.push({ atMs: this.#clock.monotonicMs() - this.#startMs, received });
  }

  /** Another operator's order is outranked by a later one of ours. */
  #noteGoal(id: GoalId): void {
    if (this.#newest === undefined || compareGoalIds(id, this.#newest) > 0) this.#newest = id;
  }
}
