import { vector3, type Vector3 } from '#protocols/vector.ts';
import { reachableFrom } from '../checker/usable-paths.ts';
import {
  GNSS_SETTLED_MS,
  type DroneTruth,
  type SignedLimits,
  type SwarmTruth,
} from '../checker/swarm-truth.ts';
import type { Episode } from './episode.ts';
import { AgentWatch } from './agent-watch.ts';
import { OPERATOR_MEMBER } from './identities.ts';

/** Paths are looked at this often, ms. */
const PATHS_MS = 500;
/** And into the agents' memories, ms. */
const AGENTS_MS = 500;
/** Two have heard each other again once a path has been there for so long: dials back off up to 7.5 s. */
const PATH_SETTLED_MS = 15_000;
/** From a flight controller's reset to its first message. */
const REBOOT_MS = 3000;

const SET_POSITION_TARGET_LOCAL_NED = 84;
const PAYLOAD_AT = 10;
const VELOCITY_AT = 16;

interface Watch {
  setpoint: { atMs: number; velocityNed: Vector3; ageMs: number } | undefined;
  pilotSinceMs: number | undefined;
  controllerSinceMs: number;
  bootMs: number;
  gnssSinceMs: number;
  knowsAbort: boolean;
}

/** Reads the truth of an episode for its judge, from vehicles, wires and radio; of the agents only their tasks. */
export class TruthWatch {
  readonly #episode: Episode;
  readonly #limits: SignedLimits;
  readonly #agents: AgentWatch;
  #agentsDueMs = 0;
  readonly #watches: ReadonlyMap<number, Watch>;
  /** Who has been reachable from whom since when. */
  readonly #pathSinceMs = new Map<string, number>();
  #pathsDueMs = 0;
  #abortedMs: number | undefined;
  #reachable = new Set<number>();

  constructor(episode: Episode, limits: SignedLimits) {
    this.#episode = episode;
    this.#limits = limits;
    this.#agents = new AgentWatch(episode);
    this.#watches = new Map(episode.drones.map(({ sysid }) => [sysid, newWatch()]));
    episode.onVehiclePacket = (sysid, packet) => this.#takePacket(sysid, packet);
  }

  /** From now on all are expected home. */
  noteAbort(): void {
    this.#abortedMs = this.#episode.nowMs;
    this.#reachable = this.#reachedBy(OPERATOR_MEMBER);
    this.#agents.beginAbort(this.#episode.nowMs);
    for (const watch of this.#watches.values()) watch.knowsAbort = false;
  }

  /** A newer goal ends what an abort began. */
  noteGoal(): void {
    this.#abortedMs = undefined;
  }

  /** Whether the two have had a usable path for long enough to have talked about everything. */
  hearEachOther(a: number, b: number): boolean {
    const sinceMs = this.#pathSinceMs.get(pair(a, b));
    return sinceMs !== undefined && this.#episode.nowMs - sinceMs >= PATH_SETTLED_MS;
  }

  now(): SwarmTruth {
    const { nowMs } = this.#episode;
    if (nowMs >= this.#pathsDueMs) {
      this.#pathsDueMs = nowMs + PATHS_MS;
      this.#followPaths(nowMs);
    }
    const isAgentsTurn = nowMs >= this.#agentsDueMs;
    if (isAgentsTurn) this.#agentsDueMs = nowMs + AGENTS_MS;
    return {
      ...(isAgentsTurn ? this.#agents.take() : {}),
      nowMs,
      limits: this.#limits,
      drones: this.#episode.drones.map(({ sysid }) => this.#drone(sysid, nowMs)),
      abortedMs: this.#abortedMs,
      reachable: this.#reachable,
      liars: this.#episode.attacks.insiders,
    };
  }

  #drone(sysid: number, nowMs: number): DroneTruth {
    const vehicle = this.#episode.vehicle(sysid)!;
    const drone = this.#episode.drone(sysid)!;
    const watch = this.#watches.get(sysid)!;
    const { commander } = vehicle.autopilot;
    if (!drone.isRunning('pilot')) watch.pilotSinceMs = undefined;
    else watch.pilotSinceMs ??= nowMs;
    if (vehicle.bootMs() < watch.bootMs) watch.controllerSinceMs = nowMs + REBOOT_MS;
    watch.bootMs = vehicle.bootMs();
    if (!vehicle.hasGnss) watch.gnssSinceMs = Number.POSITIVE_INFINITY;
    else if (watch.gnssSinceMs === Number.POSITIVE_INFINITY) watch.gnssSinceMs = nowMs;
    // A mesh tells a pilot that runs at once, and one that starts as soon as it does.
    watch.knowsAbort ||=
      this.#agents.hasHeardAbort(sysid) && drone.isRunning('pilot') && drone.isRunning('mesh');
    return {
      sysid,
      positionNed: vehicle.quadrotor.positionNed,
      velocityNed: vehicle.quadrotor.velocityNed,
      onGround: vehicle.quadrotor.onGround,
      mode: commander.mode,
      armed: commander.armed,
      batteryRemaining: vehicle.battery.remaining(),
      pilotSinceMs: watch.pilotSinceMs,
      controllerSinceMs: watch.controllerSinceMs,
      setpoint: watch.setpoint,
      positionKnown: nowMs - watch.gnssSinceMs >= GNSS_SETTLED_MS || watch.gnssSinceMs === 0,
      task: drone.mind.task,
      knowsAbort: watch.knowsAbort,
    };
  }

  #takePacket(sysid: number, packet: Uint8Array): void {
    const msgid = packet[7]! | (packet[8]! << 8) | (packet[9]! << 16);
    if (msgid !== SET_POSITION_TARGET_LOCAL_NED) return;
    const payload = new Uint8Array(53);
    payload.set(packet.subarray(PAYLOAD_AT, PAYLOAD_AT + packet[1]!));
    const view = new DataView(payload.buffer);
    const at = (axis: number): number => view.getFloat32(VELOCITY_AT + 4 * axis, true);
    this.#watches.get(sysid)!.setpoint = {
      atMs: this.#episode.nowMs,
      velocityNed: vector3(at(0), at(1), at(2)),
      ageMs: this.#ageMs(sysid, view.getUint32(0, true)),
    };
  }

  /** A pilot stamps its setpoints with the time since it began. */
  #ageMs(sysid: number, stampMs: number): number {
    const { clock, pilot } = this.#episode.drone(sysid)!;
    return Math.round(clock.monotonicMs() - (pilot.startedMs ?? 0) - stampMs);
  }

  #followPaths(nowMs: number): void {
    for (const { sysid } of this.#episode.drones) {
      const reached = this.#reachedBy(sysid);
      for (const other of this.#watches.keys()) {
        if (other <= sysid) continue;
        const name = pair(sysid, other);
        if (!reached.has(other)) this.#pathSinceMs.delete(name);
        else if (!this.#pathSinceMs.has(name)) this.#pathSinceMs.set(name, nowMs);
      }
    }
    if (this.#abortedMs === undefined) return;
    const reached = this.#reachedBy(OPERATOR_MEMBER);
    for (const sysid of this.#reachable) if (!reached.has(sysid)) this.#reachable.delete(sysid);
  }

  /** A member without a mesh process relays nothing and hears nothing. */
  #reachedBy(origin: number): Set<number> {
    const isOn = (member: number): boolean =>
      member === OPERATOR_MEMBER || this.#episode.drone(member)?.isRunning('mesh') === true;
    const members = [OPERATOR_MEMBER, ...this.#watches.keys()].filter(isOn);
    if (!isOn(origin)) return new Set();
    return reachableFrom(origin, members, (from, to) => this.#episode.field.profileOf(from, to));
  }
}

const pair = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);

const newWatch = (): Watch => ({
  setpoint: undefined,
  pilotSinceMs: undefined,
  controllerSinceMs: 0,
  bootMs: 0,
  gnssSinceMs: 0,
  knowsAbort: false,
});
