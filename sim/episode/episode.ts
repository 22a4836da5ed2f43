import { createHash } from 'node:crypto';

import type { SafePlanner } from '#agent/mind/plan-port.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { Airwaves } from '../attackers/airwaves.ts';
import { AttackTruth } from '../attackers/attack-truth.ts';
import { Fleet } from '../fleet.ts';
import type { Imagine } from '../machine/delayed-planner.ts';
import { MachineClock, type VirtualTime } from '../machine/machine-clock.ts';
import type { RadioField, Place } from '../radio/radio-field.ts';
import { Radio } from '../radio/radio.ts';
import type { Scenario } from '../scenario.ts';
import type { TruthSummary } from '../truth.ts';
import { STEP_MS, type Vehicle } from '../vehicle.ts';
import { EpisodeOperator } from './episode-operator.ts';
import { fieldOf, type EpisodeRadio } from './field-of.ts';
import { identitiesOf, OPERATOR_MEMBER, RIVAL_MEMBER, type Identities } from './identities.ts';
import { LockstepDrone, type DroneWorld } from './lockstep-drone.ts';
import { LineNoise } from './line-noise.ts';
import type { Sabotage } from './sabotage.ts';
import { sharedReader } from './shared-reader.ts';
import { SharedSignatures } from './shared-signatures.ts';

export interface EpisodeOptions {
  /** All randomness: world, keys, clocks, radio, planner's delays. */
  seed: number;
  /** Made by scenario-of.ts; its seed should be the same. */
  scenario: Scenario;
  radio: EpisodeRadio;
  verify: Verify;
  safePlan: SafePlanner;
  /** For tests of the judge. */
  sabotage?: Sabotage | undefined;
  /** What imagines, for all drones. */
  imagine: Imagine;
  /** `name@version` of what imagines. */
  model: string;
  /** A second operator is on the roster and on the air. */
  hasRival?: boolean | undefined;
}

/** An antenna on a mast. */
const OPERATOR_PLACE: Place = { northM: 0, eastM: 0, heightM: 3 };
/** All agents come up within this. */
const START_SPREAD_MS = 500;
const ALIVE_PERIOD_MS = 500;
/** 20 ms, a pilot's tick. */
const FLEET_WINDOW_STEPS = 5;
/** Uptime of a machine at the start, and the error of a cheap crystal. */
const UPTIME_MS = { least: 20_000, spread: 2_000_000 };
const SKEW_PPM = 20;
const BOOT_EPOCH = 1_767_225_600;

/**
 * A whole swarm in one process and in virtual time: stand-ins, agents, operator, and the air between.
 * Everything between them is bytes, as between real ones. The same options give the same history.
 */
export class Episode {
  readonly operator: EpisodeOperator;
  readonly field: RadioField;
  readonly drones: readonly LockstepDrone[];
  /** Where members and strangers come on the air. */
  readonly airwaves: Airwaves;
  /** What attackers truly do. */
  readonly attacks = new AttackTruth();
  readonly identities: Identities;
  /** A second operator with the same rights, if the episode has one. */
  readonly rival: EpisodeOperator | undefined;
  /** The mission that the operator started last. */
  mission: Mission | undefined;
  readonly #air: SimulatedAir;
  readonly #time: VirtualTime = { nowMs: 0 };
  readonly #fleet: Fleet;
  readonly #wires = new Map<number, Framer>();
  readonly #startMs = new Map<number, number>();
  readonly #byId: ReadonlyMap<number, LockstepDrone>;
  readonly #sabotage: Sabotage;
  readonly #noise = new Map<number, { towards: LineNoise; back: LineNoise }>();
  #pending: Promise<void>[] = [];
  /** Told of every packet that reaches a vehicle, at the moment {@link nowMs}. */
  onVehiclePacket: ((sysid: number, packet: Uint8Array) => void) | undefined;
  /** Told of every message between two processes of a drone: for whoever looks on. */
  overhear: ((sysid: number, type: number, payload: Uint8Array) => void) | undefined;
  /** Told of every message that a drone's mesh process admits, others' and its own that came back. */
  onAdmitted: ((sysid: number, received: Received, envelope: Uint8Array) => void) | undefined;
  /** Before and after each step of 4 ms. */
  beforeStep: ((nowMs: number) => void) | undefined;
  afterStep: ((nowMs: number) => void) | undefined;

  constructor(options: EpisodeOptions) {
    const { seed, scenario } = options;
    const random = seededRandom(seed).fork('episode');
    this.#sabotage = options.sabotage ?? {};
    const sysids = scenario.vehicles.map(({ sysid }) => sysid);
    const signatures = new SharedSignatures(options.verify);
    const reading = { verify: signatures.verify, reader: sharedReader() };
    const rivals = options.hasRival === true ? [RIVAL_MEMBER] : [];
    const identities = identitiesOf(sysids, random.fork('identities'), rivals, signatures);
    this.identities = identities;
    const clockOf = (name: string): MachineClock => {
      const draw = random.fork(`clock-${name}`);
      const bootedMs = UPTIME_MS.least + Math.floor(UPTIME_MS.spread * draw.uniform());
      return new MachineClock(this.#time, bootedMs, SKEW_PPM * (2 * draw.uniform() - 1));
    };
    this.#fleet = new Fleet(scenario, { windowSteps: FLEET_WINDOW_STEPS });
    this.field = fieldOf(options.radio, (member) => this.#placeOf(member));
    const radio = new Radio(random.fork('radio'), (from, to) => this.field.profileOf(from, to));
    this.#air = new SimulatedAir(random.fork('air'), radio);
    this.airwaves = new Airwaves(this.#air);
    const world: DroneWorld = {
      identities,
      ...reading,
      join: (member, roster, handlers) => this.airwaves.join(member, roster, handlers),
      admitted: (sysid, received, envelope) => this.onAdmitted?.(sysid, received, envelope),
      safePlan: options.safePlan,
      imagine: options.imagine,
      model: options.model,
      bootEpoch: BOOT_EPOCH,
      pending: (work) => this.#pending.push(work),
      toVehicle: (sysid, packet) => this.#toVehicle(sysid, packet),
      overhear: (sysid, type, payload) => this.overhear?.(sysid, type, payload),
      between: (message) => {
        const { between } = this.#sabotage;
        return between === undefined ? message.payload : between(message, this.#time.nowMs);
      },
      configurePayload: (sysid, { origin, cellM, footprintRadiusM }) =>
        this.#fleet.configureDetector(sysid, {
          originLatDeg: origin.latDeg,
          originLonDeg: origin.lonDeg,
          originAltAmslM: origin.altAmslM,
          cellM,
          footprintRadiusM,
        }),
    };
    this.drones = sysids.map((sysid) => {
      const own = random.fork(`drone-${sysid}`);
      this.#wires.set(sysid, new Framer());
      this.#startMs.set(sysid, Math.floor(START_SPREAD_MS * own.fork('start').uniform()));
      return new LockstepDrone(sysid, clockOf(`${sysid}`), own, world);
    });
    this.#byId = new Map(this.drones.map((drone) => [drone.sysid, drone]));
    const operatorOf = (member: number, name: string): EpisodeOperator =>
      new EpisodeOperator({
        member,
        identities,
        ...reading,
        clock: clockOf(name),
        random: random.fork(name),
        join: (id, roster, handlers) => this.airwaves.join(id, roster, handlers),
        bootEpoch: BOOT_EPOCH,
        ordered: (kind) => this.attacks.orders.push({ member, kind, atMs: this.#time.nowMs }),
      });
    this.operator = operatorOf(OPERATOR_MEMBER, 'operator');
    this.rival = options.hasRival === true ? operatorOf(RIVAL_MEMBER, 'rival') : undefined;
  }

  /** Simulated ms since the start. */
  get nowMs(): number {
    return this.#time.nowMs;
  }

  drone(sysid: number): LockstepDrone | undefined {
    return this.#byId.get(sysid);
  }

  vehicle(sysid: number): Vehicle | undefined {
    return this.#fleet.vehicle(sysid);
  }

  /** Bits flip on the wire between a vehicle and its companion, both ways; 0: no more. */
  setLineNoise(sysid: number, bitErrorRate: number, random: Random): void {
    if (bitErrorRate === 0) this.#noise.delete(sysid);
    else {
      this.#noise.set(sysid, {
        towards: new LineNoise(bitErrorRate, random.fork('towards')),
        back: new LineNoise(bitErrorRate, random.fork('back')),
      });
    }
  }

  truth(): TruthSummary {
    return this.#fleet.truth();
  }

  startMission(mission: Mission): void {
    this.mission = mission;
    this.operator.startMission(mission);
  }

  /** Runs until `untilMs` or until `done`, asked once a simulated 100 ms. */
  async run(untilMs: number, done: () => boolean = () => false): Promise<void> {
    while (this.#time.nowMs < untilMs) {
      if (this.#time.nowMs % 100 === 0 && done()) return;
      this.#step();
      // Only then: an await costs more than a step.
      if (this.#pending.length > 0) await this.#settle();
    }
  }

  /** Ends all flights' records, and with them the episode. */
  async finish(): Promise<void> {
    for (const drone of this.drones) await drone.recorder.close();
    await this.#settle();
  }

  /** SHA-256 over every byte of every drone's log. */
  async digest(): Promise<string> {
    const hash = createHash('sha256');
    for (const { storage } of this.drones) {
      for (const log of [...storage.formerLogs, storage.log]) {
        for (const name of await log.list()) hash.update(name).update(log.bytes(name));
      }
    }
    return hash.digest('hex');
  }

  async #settle(): Promise<void> {
    while (this.#pending.length > 0) {
      const works = this.#pending;
      this.#pending = [];
      // One after the other: what they tell each other must not depend on who is faster.
      for (const work of works) await work;
    }
  }

  #toVehicle(sysid: number, packet: Uint8Array): void {
    const { toVehicle } = this.#sabotage;
    const sent =
      toVehicle === undefined ? packet : toVehicle(sysid, packet, this.#time.nowMs, this);
    if (sent === undefined) return;
    this.onVehiclePacket?.(sysid, sent);
    this.#wires.get(sysid)?.push(this.#noise.get(sysid)?.towards.pass(sent) ?? sent);
  }

  /** Where a member truly is; operators, and strangers who want to be heard, stand at the origin. */
  #placeOf(member: number): Place | undefined {
    if (member >= OPERATOR_MEMBER) return OPERATOR_PLACE;
    const ned = this.#fleet.placeNed(member);
    return ned === undefined ? undefined : { northM: ned.x, eastM: ned.y, heightM: 0 - ned.z };
  }

  #step(): void {
    this.beforeStep?.(this.#time.nowMs);
    this.#time.nowMs += STEP_MS;
    const { nowMs } = this.#time;
    for (const [sysid, wire] of this.#wires) {
      if (wire.isEmpty) continue;
      const frames = framesOf(wire);
      if (frames.length > 0) this.#fleet.receive(sysid, frames);
    }
    this.#fleet.step(this.#outputs, nowMs);
    for (const drone of this.drones) {
      const startMs = this.#startMs.get(drone.sysid);
      if (startMs !== undefined && nowMs >= startMs) {
        this.#startMs.delete(drone.sysid);
        drone.start();
      }
      drone.stepSupervisor();
      drone.stepPilot();
      if (nowMs % ALIVE_PERIOD_MS === 0) drone.cameraAlive();
    }
    this.#air.advanceTo(nowMs);
    for (const drone of this.drones) drone.stepOthers();
    this.operator.step();
    this.rival?.step();
    this.#sabotage.afterStep?.(this, nowMs);
    this.afterStep?.(nowMs);
  }

  readonly #outputs = {
    send: (sysid: number, datagram: Uint8Array): void =>
      this.#byId.get(sysid)?.hearVehicle(this.#noise.get(sysid)?.back.pass(datagram) ?? datagram),
    look: (sysid: number, look: Parameters<LockstepDrone['look']>[0]): void =>
      this.#byId.get(sysid)?.look(look),
  };
}

const framesOf = (framer: Framer): Frame[] => {
  const frames: Frame[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
  return frames;
};
