import { createPilot, type Pilot, type PilotStart } from '#agent/pilot/pilot.ts';
import { decodePilotMemory, type PilotMemory } from '#agent/pilot/memory.ts';
import { encodePilotInbox, encodePilotOutbox } from '#agent/pilot/inbox.ts';
import { PILOT_TICK_MS, pilotTick } from '#agent/pilot/tick.ts';
import type { ChannelFrame } from '#protocols/channel/frame.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeNeighbours, type Neighbour } from '#protocols/channel/neighbours.ts';
import { encodeOrder, type OrderKind } from '#protocols/channel/order.ts';
import { decodePilotStatus, type PilotStatus } from '#protocols/channel/pilot-status.ts';
import { encodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import { FLIGHT_PHASES, type FlightPhase } from '#protocols/flight-phase.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import type { Trajectory } from '#protocols/trajectory.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { scenarioSchema, type Scenario, type ScenarioInput } from '#sim/scenario.ts';
import { safeParameters } from '#sim/swarm/safe-parameters.ts';
import { STEP_MS, Vehicle } from '#sim/vehicle.ts';
import { envelopeWith } from './guard/flight-rig.ts';
import { Operator } from './operator.ts';

const STEPS_A_TICK = PILOT_TICK_MS / STEP_MS;

/** A trajectory of one velocity with a stopping tail. */
export const straightPlan = (
  planId: number,
  startMs: number,
  velocityNed: Readonly<Vector3>,
  steps = 20,
): Trajectory => {
  const tail = 10;
  const all = steps + tail;
  const velocityNedMps = new Float32Array(3 * all);
  for (let step = 0; step < all; step += 1) {
    const share = step < steps ? 1 : Math.max(0, 1 - (step - steps + 1) / (tail - 2));
    velocityNedMps[3 * step] = velocityNed.x * share;
    velocityNedMps[3 * step + 1] = velocityNed.y * share;
    velocityNedMps[3 * step + 2] = velocityNed.z * share;
  }
  return {
    planId,
    source: 'analytic',
    startMs,
    stepMs: 100,
    steps: all,
    tailSteps: tail,
    velocityNedMps,
    yawRad: new Float32Array(all),
    positionNedM: new Float32Array(3 * (all + 1)),
    sigmaM: new Float32Array(all + 1),
  };
};

interface RecordedTick {
  nowMs: number;
  inbox: Uint8Array;
  outbox: Uint8Array;
}

/** One drone in lockstep: the PX4 stand-in, the pilot, and a mind that the story moves by hand. */
export class Sortie {
  readonly operator = new Operator();
  vehicle: Vehicle;
  readonly envelope: SafetyEnvelope;
  /** The vehicle's world and its parameters, which are those that pre-flight wants. */
  readonly scenario: Scenario;
  readonly phases: FlightPhase[] = [];
  readonly recorded: RecordedTick[] = [];
  readonly startMs = 50_000;
  start: PilotStart;
  pilot: Pilot;
  status: PilotStatus | undefined;
  memory: PilotMemory | null = null;
  /** What the mind does in each tick; undefined = it is dead. */
  mind: ((sortie: Sortie) => void) | undefined;
  pilotAlive = true;
  /** What becomes of the vehicle's frames on their way; undefined = lost. */
  onTheWay: (frame: Frame) => Frame | undefined = (frame) => frame;
  uplink = true;
  downlink = true;
  /** Everything but setpoints and heartbeats that the pilot has put on the wire. */
  readonly sent: { nowMs: number; frame: Frame }[] = [];
  lastSetpointMs = Number.NEGATIVE_INFINITY;
  /** The greatest time between two setpoints while the vehicle was in OFFBOARD, ms. */
  greatestGapMs = 0;
  nowMs: number;
  #setpointMs = Number.NaN;
  #planId = 0;
  #mail: ChannelFrame[] = [];
  #fromVehicle: Frame[] = [];
  readonly #framer = new Framer();
  readonly #toVehicle = new Framer();

  constructor(
    changes: {
      scenario?: Partial<ScenarioInput>;
      envelope?: Partial<SafetyEnvelope>;
      /** Whose rosters the pilot takes; left out = nobody's. */
      authorityPublicKeyHex?: string;
    } = {},
  ) {
    const origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };
    this.envelope = envelopeWith({ origin, fleet: [1, 2], ...changes.envelope });
    const parameters = safeParameters('1.18', 1, this.envelope, 12);
    this.scenario = scenarioSchema.parse({
      origin,
      vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0, parameters }],
      ...changes.scenario,
    });
    this.vehicle = new Vehicle(this.scenario, this.scenario.vehicles[0]!);
    this.nowMs = this.startMs;
    this.start = {
      sysid: 1,
      simulated: true,
      operators: [{ member: this.operator.member, publicKeyHex: this.operator.publicKeyHex }],
      startMs: this.nowMs,
      memory: null,
      ...(changes.authorityPublicKeyHex === undefined
        ? {}
        : { authorityPublicKeyHex: changes.authorityPublicKeyHex }),
    };
    this.pilot = createPilot(structuredClone(this.start), verifySignature);
  }

  get phase(): FlightPhase {
    return FLIGHT_PHASES[this.value('phase')]!;
  }

  value(field: keyof PilotStatus['values']): number {
    return this.status?.values[field] ?? Number.NaN;
  }

  get mode(): string {
    return this.vehicle.autopilot.commander.mode;
  }

  say(type: number, payload: Uint8Array): void {
    this.#mail.push({ type, payload });
  }

  order(kind: OrderKind, number: number, heightM = 12): void {
    const { issuer, epoch, sequence } = this.envelope.goalId;
    const goal = { goalIssuer: issuer, goalEpoch: epoch, goalSequence: sequence };
    this.say(MESSAGE_TYPE.order, encodeOrder({ kind, number, heightM, ...goal }));
  }

  plan(velocityNed: Readonly<Vector3>): void {
    this.#planId += 1;
    const plan = straightPlan(this.#planId, this.nowMs, velocityNed);
    this.say(MESSAGE_TYPE.trajectory, encodeTrajectory(plan));
  }

  envelopeBytes(bytes: Uint8Array): void {
    this.say(MESSAGE_TYPE.envelope, bytes);
  }

  hearMesh(neighbours: Neighbour[] = []): void {
    const message = { operatorHeardMs: this.nowMs, peerHeardMs: this.nowMs, neighbours };
    this.say(MESSAGE_TYPE.neighbours, encodeNeighbours(message));
  }

  /** kill -9 of the pilot process; {@link restartPilot} brings the next one. */
  killPilot(): void {
    this.pilotAlive = false;
    this.#mail = [];
  }

  restartPilot(): void {
    this.pilotAlive = true;
    this.status = undefined;
    this.start = {
      ...this.start,
      startMs: this.nowMs,
      memory: structuredClone(this.memory),
    };
    this.recorded.length = 0;
    this.pilot = createPilot(structuredClone(this.start), verifySignature);
  }

  /** A frame on the vehicle's link that is not the stand-in's. */
  hear(frame: Frame): void {
    this.#fromVehicle.push(frame);
  }

  /** Runs until the condition holds; throws with the story so far when it never does. */
  until(condition: () => boolean, withinS: number): void {
    const endMs = this.nowMs + 1000 * withinS;
    while (!condition()) {
      if (this.nowMs >= endMs) {
        throw new Error(
          `not within ${withinS} s: phase ${this.phase} (${this.status?.reason}), mode ${this.mode}, phases ${this.phases.join(' → ')}`,
        );
      }
      this.tick();
    }
  }

  run(seconds: number): void {
    const endMs = this.nowMs + 1000 * seconds;
    while (this.nowMs < endMs) this.tick();
  }

  tick(): void {
    this.nowMs += PILOT_TICK_MS;
    for (let step = 0; step < STEPS_A_TICK; step += 1) {
      for (const datagram of this.vehicle.step()) this.#framer.push(datagram);
    }
    for (let frame = this.#framer.next(); frame; frame = this.#framer.next()) {
      const heard = this.downlink ? this.onTheWay(frame) : undefined;
      if (heard !== undefined) this.#fromVehicle.push(heard);
    }
    if ((this.nowMs - this.startMs) % 100 === 0) this.mind?.(this);
    if (this.pilotAlive) this.#tickPilot();
    else this.#fromVehicle = [];
    this.#watchGap();
  }

  #tickPilot(): void {
    const inbox = { packets: this.#fromVehicle, frames: this.#mail };
    this.#fromVehicle = [];
    this.#mail = [];
    const bytes = encodePilotInbox(inbox);
    const outbox = pilotTick(this.pilot, inbox, this.nowMs);
    this.recorded.push({ nowMs: this.nowMs, inbox: bytes, outbox: encodePilotOutbox(outbox) });
    for (const packet of outbox.packets) this.#toVehicle.push(packet);
    const frames: Frame[] = [];
    for (let frame = this.#toVehicle.next(); frame; frame = this.#toVehicle.next()) {
      frames.push(frame);
      if (frame.msgid === 84) {
        this.#setpointMs = this.nowMs;
        this.lastSetpointMs = this.nowMs;
      } else if (frame.msgid !== 0) this.sent.push({ nowMs: this.nowMs, frame });
    }
    if (this.uplink) this.vehicle.receive(frames);
    for (const { type, payload } of outbox.frames) {
      if (type !== MESSAGE_TYPE.pilotStatus) continue;
      this.status = decodePilotStatus(payload);
      if (this.phases.at(-1) !== this.phase) this.phases.push(this.phase);
    }
    if (outbox.memory !== undefined) this.memory = decodePilotMemory(outbox.memory) ?? null;
  }

  #watchGap(): void {
    if (this.mode !== 'OFFBOARD' || Number.isNaN(this.#setpointMs)) return;
    this.greatestGapMs = Math.max(this.greatestGapMs, this.nowMs - this.#setpointMs);
  }
}

/** A sortie under way: signed limits, a mesh that hears the operator, a mind that wants to fly `velocityNed`. */
export const airborne = (
  velocityNed: Readonly<Vector3> = vector3(0, 0, 0),
  changes: ConstructorParameters<typeof Sortie>[0] = {},
  armed: (sortie: Sortie) => void = () => {},
): Sortie => {
  const sortie = new Sortie(changes);
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.mind = (one) => {
    one.order('fly', 1);
    one.plan(velocityNed);
    one.hearMesh();
  };
  sortie.until(() => sortie.phase === 'takeoff', 60);
  armed(sortie);
  sortie.until(() => sortie.phase === 'offboard', 60);
  return sortie;
};
