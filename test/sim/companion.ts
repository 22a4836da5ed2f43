import {
  CommandAck,
  CommandLong,
  SetPositionTargetLocalNed,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat, MavType } from 'mavlink-mappings/dist/lib/minimal.js';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { customModeOf, modeCodeOf, type FlightMode } from '#protocols/mavlink/modes.ts';
import { scenarioSchema, type ScenarioInput } from '#sim/scenario.ts';
import { STEP_MS, Vehicle } from '#sim/vehicle.ts';

const SYSID = 7;
const origin = { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 };

/** Bits of POSITION_TARGET_TYPEMASK: velocity commanded, heading held, the rest ignored. */
const VELOCITY_AND_YAW: number = 0b1001_1100_0111;

interface Options {
  scenario?: Partial<ScenarioInput>;
  vehicle?: Partial<ScenarioInput['vehicles'][number]>;
}

/** One vehicle and a companion that talks to it in MAVLink bytes, in simulated time. */
export class Companion {
  readonly vehicle: Vehicle;
  readonly acks: CommandAck[] = [];
  readonly received: MavLinkData[] = [];
  readonly datagrams: Uint8Array[] = [];
  /** Every packet that came, those of unknown messages too. */
  readonly frames: Frame[] = [];
  heartbeat: Heartbeat | undefined;
  /** Velocity streamed at 20 Hz while it is set, NED m/s. */
  streamed: readonly [number, number, number] | undefined;
  /** Heartbeats of a ground station at 1 Hz, besides the companion's. */
  groundStation = false;
  readonly #encoder = new Encoder(245, 191);
  readonly #framer = new Framer();
  readonly #in = new Framer();
  #steps = 0;

  constructor({ scenario, vehicle }: Options = {}) {
    const parsed = scenarioSchema.parse({
      seed: 11,
      origin,
      vehicles: [{ sysid: SYSID, homeNorthM: 0, homeEastM: 0, ...vehicle }],
      ...scenario,
    });
    this.vehicle = new Vehicle(parsed, parsed.vehicles[0]!);
  }

  send(message: MavLinkData): void {
    this.#in.push(this.#encoder.encode(message));
    const frames: Frame[] = [];
    for (let frame = this.#in.next(); frame !== undefined; frame = this.#in.next()) {
      frames.push(frame);
    }
    this.vehicle.receive(frames);
  }

  /** Sends a command and returns its MAV_RESULT, undefined when no ack comes within 0.2 s. */
  command(command: number, ...params: number[]): number | undefined {
    const before = this.acks.length;
    this.post(command, ...params);
    this.run(0.2);
    return this.acks.slice(before).find((ack) => ack.command === command)?.result;
  }

  /** As {@link command}, without waiting. */
  post(command: number, ...params: number[]): void {
    this.postTo(SYSID, command, ...params);
  }

  postTo(sysid: number, command: number, ...params: number[]): void {
    const message = new CommandLong();
    message.command = command;
    message.targetSystem = sysid;
    message.targetComponent = 1;
    const [one = 0, two = 0, three = 0, four = 0, five = 0, six = 0, seven = 0] = params;
    message._param1 = one;
    message._param2 = two;
    message._param3 = three;
    message._param4 = four;
    message._param5 = five;
    message._param6 = six;
    message._param7 = seven;
    this.send(message);
  }

  arm(): number | undefined {
    return this.command(400, 1);
  }

  setMode(mode: FlightMode): number | undefined {
    const { main, sub } = modeCodeOf(mode);
    return this.command(176, 1, main, sub);
  }

  setpoint(change: (message: SetPositionTargetLocalNed) => void): void {
    const message = new SetPositionTargetLocalNed();
    message.targetSystem = SYSID;
    message.targetComponent = 1;
    message.coordinateFrame = 1;
    message.typeMask = VELOCITY_AND_YAW;
    change(message);
    this.send(message);
  }

  run(seconds: number): void {
    for (let step = 0; step < (seconds * 1000) / STEP_MS; step += 1) this.#step();
  }

  /** Runs until `condition`; throws when it does not come true in time. */
  runUntil(condition: () => boolean, limitS: number): number {
    const startMs = this.vehicle.timeMs();
    while (!condition()) {
      if (this.vehicle.timeMs() - startMs > limitS * 1000) {
        throw new Error(`not within ${limitS} s: ${condition.toString()}`);
      }
      this.#step();
    }
    return (this.vehicle.timeMs() - startMs) / 1000;
  }

  /** Flies to the height of MIS_TAKEOFF_ALT and waits there in LOITER. */
  takeOff(): void {
    this.runUntil(() => this.vehicle.autopilot.situation.positionTrusted, 40);
    this.run(0.1);
    this.arm();
    this.setMode('AUTO_TAKEOFF');
    this.runUntil(() => this.mode === 'AUTO_LOITER', 60);
    this.run(3);
  }

  /** Takes over in OFFBOARD with a velocity. */
  flyOffboard(north: number, east: number, down: number): void {
    this.streamed = [north, east, down];
    this.run(0.5);
    this.setMode('OFFBOARD');
  }

  get mode(): FlightMode {
    return this.vehicle.autopilot.commander.mode;
  }

  get armed(): boolean {
    return this.vehicle.autopilot.commander.armed;
  }

  heard<T extends MavLinkData>(kind: new () => T): T[] {
    return this.received.filter((message): message is T => message instanceof kind);
  }

  shows(mode: FlightMode): boolean {
    return this.heartbeat?.customMode === customModeOf(mode);
  }

  #step(): void {
    this.#steps += 1;
    if (this.streamed !== undefined && this.#steps % 12 === 0) {
      const [north, east, down] = this.streamed;
      this.setpoint((message) => Object.assign(message, { vx: north, vy: east, vz: down }));
    }
    if (this.groundStation && this.#steps % 250 === 0) {
      const station = new Heartbeat();
      station.type = MavType.GCS;
      this.send(station);
    }
    for (const datagram of this.vehicle.step()) {
      this.datagrams.push(datagram);
      this.#framer.push(datagram);
    }
    for (let frame = this.#framer.next(); frame !== undefined; frame = this.#framer.next()) {
      this.frames.push(frame);
      const message = decode(frame);
      if (message === undefined) continue;
      this.received.push(message);
      if (message instanceof CommandAck) this.acks.push(message);
      if (message instanceof Heartbeat) this.heartbeat = message;
    }
  }
}
