import type { SafePlanner } from '#agent/mind/plan-port.ts';
import type { PayloadConfiguration } from '#agent/mind/state.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import type { Mesh, MeshHandlers } from '#protocols/gossip/mesh.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import type { EnvelopeReader } from '#protocols/gossip/opened-envelope.ts';
import type { Verify } from '#protocols/gossip/signing.ts';
import type { FlightInfo } from '#protocols/log/segment-meta.ts';
import type { Random } from '#protocols/random.ts';
import { CompanionStorage } from '../machine/companion-storage.ts';
import type { Companion, ProcessName } from '../machine/companion.ts';
import { DelayedPlanner, type Imagine } from '../machine/delayed-planner.ts';
import type { MachineClock } from '../machine/machine-clock.ts';
import { MeshHost } from '../machine/mesh-host.ts';
import { MindHost } from '../machine/mind-host.ts';
import { PilotHost } from '../machine/pilot-host.ts';
import { RecorderHost } from '../machine/recorder-host.ts';
import { Supervised } from '../machine/supervised.ts';
import type { Look } from '../sensors/detector.ts';
import type { Identities } from './identities.ts';
import type { InnerMessage } from './sabotage.ts';

/** What all drones of an episode share. */
export interface DroneWorld {
  identities: Identities;
  verify: Verify;
  reader: EnvelopeReader;
  join(member: number, roster: Roster, handlers: MeshHandlers): Mesh;
  /** Told of every message that a mesh process admits. */
  admitted(sysid: number, received: Received, envelope: Uint8Array): void;
  safePlan: SafePlanner;
  imagine: Imagine;
  model: string;
  bootEpoch: number;
  /** Work that must end before the next step. */
  pending(work: Promise<void>): void;
  toVehicle(sysid: number, packet: Uint8Array): void;
  overhear(sysid: number, type: number, payload: Uint8Array): void;
  /** What arrives of a message between two processes; undefined: nothing. */
  between(message: InnerMessage): Uint8Array | undefined;
  configurePayload(sysid: number, configuration: PayloadConfiguration): void;
}

/** In the order in which the supervisor starts them. */
const PROCESSES = ['recorder', 'pilot', 'mesh', 'mind'] as const;
const PILOT_PHASES_MS = 20;

/** Planner's time on a companion computer: some 10 ms, sometimes much more. */
const PLAN_FLOOR_MS = 8;
const PLAN_MEAN_MS = 5;

/** The agent of one drone in lockstep: four processes of one simulated computer. */
export class LockstepDrone implements Companion {
  readonly sysid: number;
  readonly clock: MachineClock;
  readonly storage: CompanionStorage;
  readonly pilot: PilotHost;
  readonly mind: MindHost;
  readonly mesh: MeshHost;
  readonly recorder: RecorderHost;
  readonly #processes: Readonly<Record<ProcessName, Supervised>>;
  readonly #overhear: DroneWorld['overhear'];
  readonly #between: DroneWorld['between'];
  #isSupervised = false;
  /** The computer is broken for good. */
  #isLost = false;
  #bootEpoch: number;
  #planner: DelayedPlanner | undefined;
  readonly #stalls = new Map<string, number>();
  /** What frames on their way to the mind say: bytes that arrive as they were sent are not read again. */
  readonly #told = new WeakMap<Uint8Array, Received>();
  #hasCamera = true;

  constructor(sysid: number, clock: MachineClock, random: Random, world: DroneWorld) {
    this.sysid = sysid;
    this.clock = clock;
    this.#overhear = world.overhear;
    this.#between = world.between;
    this.storage = new CompanionStorage(() => clock.monotonicMs());
    this.#bootEpoch = world.bootEpoch;
    const { identities, verify, reader } = world;
    const flight = (): FlightInfo => ({
      flight: `drone-${sysid}-${this.#bootEpoch}`,
      sysid,
      bootEpoch: this.#bootEpoch,
      versions: { model: world.model },
    });
    this.recorder = new RecorderHost(this, flight, world.pending);
    this.pilot = new PilotHost(this, {
      operators: identities.operators.map((one) => ({ ...one })),
      authorityPublicKeyHex: identities.authorityKeyHex,
      verify,
      phaseMs: PILOT_PHASES_MS * random.fork('phase').uniform(),
      toVehicle: (packet) => world.toVehicle(sysid, packet),
    });
    this.mesh = new MeshHost(this, {
      key: identities.keys.get(sysid)!,
      verify,
      reader,
      authorityKey: identities.authority.publicKey,
      signedRoster: identities.signedRoster,
      bootEpoch: () => this.#bootEpoch,
      random: random.fork('mesh'),
      join: (member, roster, handlers) => world.join(member, roster, handlers),
      admitted: (received, envelope) => world.admitted(sysid, received, envelope),
      toldMind: (frame, received) => void this.#told.set(frame, received),
    });
    const latency = random.fork('planner');
    const drawMs = (): number => PLAN_FLOOR_MS - PLAN_MEAN_MS * Math.log(1 - latency.uniform());
    this.mind = new MindHost(this, {
      seed: Math.floor(2 ** 31 * random.fork('mind').uniform()),
      hasPayload: true,
      safePlan: world.safePlan,
      openPlanner: () => {
        this.#planner = new DelayedPlanner(clock, world.imagine, drawMs, world.pending);
        this.#planner.stallMs = this.#stallMs();
        return this.#planner;
      },
      configurePayload: (configuration) => world.configurePayload(sysid, configuration),
      readAlready: (frame) => this.#told.get(frame),
    });
    const supervised = (name: ProcessName): Supervised =>
      new Supervised(this[name], clock, random.fork(`spawn-${name}`));
    this.#processes = {
      recorder: supervised('recorder'),
      pilot: supervised('pilot'),
      mesh: supervised('mesh'),
      mind: supervised('mind'),
    };
  }

  send(to: ProcessName, type: number, payload: Uint8Array, from: ProcessName): void {
    const arrived = this.#between({ sysid: this.sysid, from, to, type, payload });
    if (arrived === undefined) return;
    this.#overhear(this.sysid, type, arrived);
    this[to].hear(type, arrived, from);
  }

  /** The supervisor starts, and with it the others. */
  start(): void {
    this.#isSupervised = true;
    for (const name of PROCESSES) this.#processes[name].spawn();
  }

  /** Kills one process, which the supervisor starts again, or the whole agent for good. */
  kill(name?: ProcessName): void {
    if (name === undefined) {
      this.#isLost = true;
      this.#halt();
    } else this.#processes[name].kill(this.#isSupervised);
  }

  ended(name: ProcessName): void {
    this.kill(name);
  }

  #halt(): void {
    this.#isSupervised = false;
    for (const name of PROCESSES) this.#processes[name].kill(false);
  }

  /** The power goes: every process at once, and what the disk had not synced. */
  losePower(random: Random): void {
    this.#halt();
    this.storage.losePower(random);
  }

  /** The power is back, `uptimeMs` before the supervisor starts: a new boot, another flight. */
  boot(uptimeMs: number): void {
    if (this.#isLost || this.#isSupervised) return;
    this.clock.reboot(uptimeMs);
    const unixS = Number(this.clock.unixUs() / 1_000_000n);
    this.#bootEpoch = Math.max(this.#bootEpoch + 1, unixS);
    this.storage.beginFlight();
    for (const name of PROCESSES) this.#processes[name].forget();
    this.start();
  }

  /** The next start of a process takes this much longer. */
  holdUp(name: ProcessName, byMs: number): void {
    this.#processes[name].holdUp(byMs);
  }

  /** One process at most: the recorder tells them apart by the moment of their start. */
  stepSupervisor(): void {
    for (const name of PROCESSES) {
      const process = this.#processes[name];
      if (!process.isDue()) continue;
      process.start();
      if (name === 'pilot') this.mesh.pilotConnected();
      if (name === 'mind') this.mesh.mindConnected();
      return;
    }
  }

  isRunning(name: ProcessName): boolean {
    return this.#processes[name].host.running;
  }

  /** Plans take this much longer for a reason, also after a restart of the mind; 0: no longer. */
  stallPlanner(reason: string, byMs: number): void {
    this.#stalls.set(reason, byMs);
    if (this.#planner !== undefined) this.#planner.stallMs = this.#stallMs();
  }

  #stallMs(): number {
    return [...this.#stalls.values()].reduce((sum, byMs) => sum + byMs, 0);
  }

  /** The camera falls silent for good. */
  loseCamera(): void {
    this.#hasCamera = false;
  }

  cameraAlive(): void {
    if (this.#hasCamera) this.mind.payloadAlive();
  }

  hearVehicle(datagram: Uint8Array): void {
    this.pilot.hearVehicle(datagram);
  }

  look({ row, col, detected, northM, eastM }: Look): void {
    if (!this.#hasCamera) return;
    this.mind.look({ row, column: col, detected, northM, eastM });
  }

  /** One step of the episode, after the vehicle's and before the air's. */
  stepPilot(): void {
    this.pilot.step();
  }

  /** After the air's. */
  stepOthers(): void {
    this.mesh.step();
    this.#planner?.step();
    this.mind.step();
    this.recorder.step();
  }
}
