import type { DirectiveKind } from '#protocols/gossip/directive.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { createGoalDesk, type GoalDesk } from '#protocols/gossip/goal-desk.ts';
import { createMeshMember } from '#protocols/gossip/mesh-member.ts';
import { MeshSession } from '#protocols/gossip/mesh-session.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { stationBeacon } from '#protocols/gossip/station-beacon.ts';
import type { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import type { Random } from '#protocols/random.ts';
import type { Clock } from '#protocols/time.ts';
import { OPERATOR_MEMBER, type Identities } from './identities.ts';

const TICK_MS = 50;
const BEACON_MS = 1000;

interface OperatorParts {
  identities: Identities;
  verify: Verify;
  clock: Clock;
  random: Random;
  air: SimulatedAir;
  bootEpoch: number;
}

/** The operator's member of the mesh in lockstep: gives orders, and hears what is said. */
export class EpisodeOperator {
  readonly #session: MeshSession;
  readonly #clock: Clock;
  readonly #desk: GoalDesk;
  /** Reports and findings, with the time since its start by its own clock, ms. */
  readonly heard: { atMs: number; received: Received }[] = [];
  readonly #startMs: number;
  #newest: GoalId | undefined;
  #deadlineMs: number;
  #beaconMs: number;

  constructor({ identities, verify, clock, random, air, bootEpoch }: OperatorParts) {
    const nowMs = clock.monotonicMs();
    const key = identities.keys.get(OPERATOR_MEMBER)!;
    const member = createMeshMember({
      self: OPERATOR_MEMBER,
      sign: key.sign,
      verify,
      authorityKey: identities.authority.publicKey,
      signedRoster: identities.signedRoster,
      bootEpoch,
      nowMs,
    });
    this.#clock = clock;
    this.#session = new MeshSession(member, clock, random, {
      onReceived: (received) => this.#hear(received),
      onSent: () => undefined,
    });
    this.#session.attach(air.join(OPERATOR_MEMBER, member.admission.roster, this.#session));
    this.#desk = createGoalDesk(member, Number(clock.unixUs() / 1000n));
    this.#startMs = nowMs;
    this.#deadlineMs = nowMs;
    this.#beaconMs = nowMs;
  }

  startMission(mission: Mission): GoalId {
    const { id } = this.#desk.start(mission, this.#newest, this.#clock.monotonicMs());
    this.#newest = id;
    return id;
  }

  /** `targets` empty: all. */
  direct(kind: DirectiveKind, targets: number[] = [], confirmed = false): void {
    this.#desk.direct(kind, targets, confirmed, this.#clock.monotonicMs());
  }

  step(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#beaconMs) {
      this.#beaconMs += BEACON_MS;
      this.#session.publish({ topic: 'beacon', payload: stationBeacon(this.#session.echoes()) });
    }
    if (nowMs < this.#deadlineMs) return;
    this.#deadlineMs += TICK_MS;
    this.#session.tick();
  }

  #hear(received: Received): void {
    if (received.topic !== 'taskReport' && received.topic !== 'finding') return;
    this.heard.push({ atMs: this.#clock.monotonicMs() - this.#startMs, received });
  }
}
