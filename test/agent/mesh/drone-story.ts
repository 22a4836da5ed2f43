import { DroneMesh } from '#agent/mesh/drone-mesh.ts';
import { encodePublish } from '#protocols/channel/mesh-codec.ts';
import { decodeReceived } from '#protocols/channel/received-codec.ts';
import type { Publish, Received } from '#protocols/channel/mesh-messages.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodeNeighbours, type Neighbours } from '#protocols/channel/neighbours.ts';
import {
  emptyPilotStatus,
  encodePilotStatus,
  type PilotStatusField,
} from '#protocols/channel/pilot-status.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import { MeshSession } from '#protocols/gossip/mesh-session.ts';
import { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import { seededRandom } from '#protocols/random.ts';
import type { Trouble } from '#protocols/trouble.ts';

import { storyGoal, storySafety } from '../../protocols/gossip/mission-story.ts';
import { beaconOf, Cast, goalOne, OPERATOR } from '../../protocols/gossip/swarm-story.ts';

const cast = new Cast();

/** One drone's mesh process with everything around it played: pilot, mind, recorder, air. */
export class Drone {
  readonly toPilot: { type: number; payload: Uint8Array }[] = [];
  readonly toMind: { type: number; payload: Uint8Array }[] = [];
  readonly records: string[] = [];
  readonly session: MeshSession;
  readonly mesh: DroneMesh;
  readonly clock: { monotonicMs(): number; unixUs(): bigint };

  constructor(air: SimulatedAir, id: number, startMs: number) {
    this.clock = { monotonicMs: () => startMs + air.nowMs, unixUs: () => 0n };
    const member = cast.member(id, startMs);
    this.session = new MeshSession(member, this.clock, seededRandom(id), {
      onReceived: (received, envelope) => this.mesh.received(received, envelope),
      onSent: (envelope) => this.mesh.sent(envelope),
    });
    this.mesh = new DroneMesh(this.session, {
      toPilot: (type, payload) => this.toPilot.push({ type, payload }),
      toMind: (type, payload) => this.toMind.push({ type, payload }),
      record: (channel) => this.records.push(channel),
    });
    this.session.attach(air.join(id, member.admission.roster, this.session));
  }

  status(
    values: Partial<Record<PilotStatusField, number>>,
    reason = '',
    troubles: readonly Trouble[] = [],
  ): void {
    const status = emptyPilotStatus();
    const nowMs = this.clock.monotonicMs();
    Object.assign(status.values, { nowMs, directiveIssuer: -1, directiveNumber: -1 }, values);
    this.mesh.pilotStatus(encodePilotStatus({ ...status, reason, troubles: [...troubles] }), nowMs);
  }

  publish(publish: Publish): void {
    this.mesh.publish(encodePublish(publish), this.clock.monotonicMs());
  }

  orders(): ReturnType<typeof decodeEnvelope>[] {
    return this.toPilot
      .filter((frame) => frame.type === MESSAGE_TYPE.envelope)
      .map((frame) => decodeEnvelope(frame.payload));
  }

  neighbours(): Neighbours {
    const frame = this.toPilot.findLast((one) => one.type === MESSAGE_TYPE.neighbours);
    return decodeNeighbours(frame!.payload)!;
  }

  heard(): Received[] {
    return this.toMind
      .filter((frame) => frame.type === MESSAGE_TYPE.received)
      .map((frame) => decodeReceived(frame.payload));
  }

  beacons(author: number): (Received & { topic: 'beacon' })[] {
    return this.heard().filter((one) => one.topic === 'beacon' && one.author === author) as never;
  }
}

export class Story {
  readonly air = new SimulatedAir(seededRandom(5), { delayMs: () => 10 });
  readonly one = new Drone(this.air, 1, 1_000_000);
  readonly two = new Drone(this.air, 2, 50_000);
  readonly operator: MeshSession;

  constructor() {
    const clock = { monotonicMs: () => 7000 + this.air.nowMs, unixUs: () => 0n };
    const member = cast.member(OPERATOR, 7000);
    this.operator = new MeshSession(member, clock, seededRandom(9), {
      onReceived: () => undefined,
      onSent: () => undefined,
    });
    this.operator.attach(this.air.join(OPERATOR, member.admission.roster, this.operator));
  }

  run(ms: number): void {
    const endMs = this.air.nowMs + ms;
    while (this.air.nowMs < endMs) {
      this.air.advanceTo(this.air.nowMs + 50);
      for (const drone of [this.one, this.two]) drone.mesh.tick(drone.clock.monotonicMs());
      const { operator } = this;
      if (this.air.nowMs % 1000 === 0) {
        operator.publishBeacon(() => beaconOf(0, { echoes: operator.echoes() }));
      }
      operator.tick();
    }
  }

  order(): void {
    const safety = this.operator.signSafety(storySafety(goalOne, [1, 2]));
    this.operator.publish({ topic: 'goal', payload: storyGoal(goalOne, safety) }, true);
  }

  abort(number: number): void {
    const payload = { kind: 'abort', confirmed: false, number, targets: [] } as const;
    this.operator.publish({ topic: 'directive', payload: { ...payload, targets: [] } }, true);
  }
}
