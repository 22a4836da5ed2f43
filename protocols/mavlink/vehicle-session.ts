import { CommandAck } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Fault } from '../fault.ts';
import { decode, Encoder } from './codec.ts';
import {
  CommandService,
  type CommandOutcome,
  type CommandRequest,
  type Component,
} from './command.ts';
import type { Frame } from './framer.ts';
import {
  AutopilotTracker,
  companionHeartbeat,
  HEARTBEAT_INTERVAL_MS,
  type AutopilotStatus,
} from './heartbeat.ts';
import type { VehicleLink } from './link.ts';
import { ParameterClient, type ParameterOutcome } from './parameter-client.ts';
import type { ListProgress, ListEnd } from './parameter-list.ts';
import type { Parameter, ParameterTable } from './parameter-value.ts';
import { requestMessageCommand } from './vehicle-command.ts';

/**
 * Who a tool is on the link: an onboard controller with an id of its own. Not a ground station, or
 * PX4 would take the end of a command for the loss of the ground station (NAV_DLL_ACT).
 */
export const TOOL: Component = { sysid: 245, compid: 191 };

const MESSAGE_TIMEOUT_MS = 1500;

/** A message and when it came. */
export interface Heard<T extends MavLinkData> {
  message: T;
  atMs: number;
}

interface Waiting<T> {
  resolve: (value: T) => void;
  reject: (reason: Fault) => void;
}

interface Watch {
  msgid: number;
  deadlineMs: number;
  resolve: (message: MavLinkData | undefined) => void;
}

/**
 * One vehicle behind a link, as promises, for tools on the ground and on the bench; the pilot has its
 * own loop. It has no timer: whoever owns it calls {@link VehicleSession.pump} some 50 times a
 * second. Every promise ends, since every service gives up by itself.
 */
export class VehicleSession {
  readonly vehicle: Component;
  readonly #link: VehicleLink;
  readonly #encoder = new Encoder(TOOL.sysid, TOOL.compid);
  readonly #tracker: AutopilotTracker;
  readonly #commands: CommandService;
  readonly #parameters: ParameterClient;
  readonly #commandWaits = new Map<number, Waiting<CommandOutcome>>();
  readonly #parameterWaits = new Map<number, Waiting<ParameterOutcome>>();
  readonly #listWaits = new Map<number, Waiting<ListEnd>[]>();
  readonly #latest = new Map<number, Heard<MavLinkData>>();
  #watches: Watch[] = [];
  #heartbeatMs = Number.NEGATIVE_INFINITY;
  #nowMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(link: VehicleLink, vehicle: Component) {
    this.vehicle = vehicle;
    this.#link = link;
    this.#tracker = new AutopilotTracker(vehicle.sysid);
    this.#commands = new CommandService(vehicle, TOOL);
    this.#parameters = new ParameterClient(vehicle);
  }

  /** Takes in what came, sends what is due, and settles what has ended. */
  pump(nowMs: number): void {
    if (this.#closed) return;
    this.#nowMs = nowMs;
    for (const frame of this.#link.receive()) this.#hear(frame, nowMs);
    if (nowMs - this.#heartbeatMs >= HEARTBEAT_INTERVAL_MS) {
      this.#heartbeatMs = nowMs;
      this.#send(companionHeartbeat());
    }
    const commands = this.#commands.tick(nowMs);
    const parameters = this.#parameters.tick(nowMs);
    for (const message of [...commands.send, ...parameters.send]) this.#send(message);
    for (const outcome of commands.outcomes) settle(this.#commandWaits, outcome.id, outcome);
    for (const outcome of parameters.outcomes) settle(this.#parameterWaits, outcome.id, outcome);
    for (const end of parameters.lists) {
      for (const { resolve } of this.#listWaits.get(end.id) ?? []) resolve(end);
      this.#listWaits.delete(end.id);
    }
    this.#expireWatches(nowMs);
  }

  get closed(): boolean {
    return this.#closed;
  }

  status(): AutopilotStatus {
    return this.#tracker.status(this.#nowMs);
  }

  /** Time of the last pump. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The newest message of a kind that the autopilot sent. */
  latest<T extends MavLinkData>(kind: MavLinkDataConstructor<T>): Heard<T> | undefined {
    return this.#latest.get(kind.MSG_ID) as Heard<T> | undefined;
  }

  /** The next message of a kind; undefined when none comes in time. */
  next<T extends MavLinkData>(
    kind: MavLinkDataConstructor<T>,
    timeoutMs = MESSAGE_TIMEOUT_MS,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      this.#watches.push({
        msgid: kind.MSG_ID,
        deadlineMs: this.#nowMs + timeoutMs,
        resolve: resolve as Watch['resolve'],
      });
    });
  }

  /** Asks for a message (REQUEST_MESSAGE); undefined when the vehicle does not have or send it. */
  async request<T extends MavLinkData>(kind: MavLinkDataConstructor<T>): Promise<T | undefined> {
    const message = this.next(kind);
    const { result } = await this.command(requestMessageCommand(kind.MSG_ID));
    return result === 'accepted' || result === 'timeout' ? message : undefined;
  }

  /** How a command ended: accepted, refused or unanswered. Throws the Fault `link-closed`. */
  command(request: CommandRequest): Promise<CommandOutcome> {
    return this.#wait(this.#commandWaits, this.#commands.request(request), 'commands');
  }

  /** A parameter, or undefined when this version of PX4 has none of that name. Throws `vehicle-silent`. */
  async parameter(name: string): Promise<Parameter | undefined> {
    const outcome = await this.#access(this.#parameters.get(name));
    return outcome.result === 'value' ? outcome.parameter : undefined;
  }

  /** Several at once, by name; those that the vehicle does not have are left out. */
  async parametersNamed(names: readonly string[]): Promise<ParameterTable> {
    const found = await Promise.all(names.map((name) => this.parameter(name)));
    const there = found.filter((parameter) => parameter !== undefined);
    return new Map(there.map((parameter) => [parameter.name, parameter]));
  }

  /** Sets, and reads back. The outcome is never `silent`: that is the Fault `vehicle-silent`. */
  setParameter(name: string, value: number): Promise<ParameterOutcome> {
    return this.#access(this.#parameters.set(name, value));
  }

  /**
   * All parameters. Throws the Faults `vehicle-silent`, `parameters-incomplete` (names the first
   * missing) and `parameters-refused`.
   */
  async allParameters(): Promise<ParameterTable> {
    const id = this.#parameters.list();
    const end = await new Promise<ListEnd>((resolve, reject) => {
      this.#listWaits.set(id, [...(this.#listWaits.get(id) ?? []), { resolve, reject }]);
    });
    if (end.result === 'complete') return end.table;
    if (end.result === 'silent') throw this.#silent();
    if (end.result === 'refused') {
      throw new Fault('parameters-refused', `the parameters were not read: ${end.why}`, {
        remedy: 'Try again once the vehicle has started up.',
      });
    }
    throw new Fault(
      'parameters-incomplete',
      `${end.table.size} parameters came; missing: number ${end.missing.join(', ')}`,
      { exit: 'noLink', remedy: 'Check the link quality and the baud rate, and try again.' },
    );
  }

  /** How far {@link VehicleSession.allParameters} is; undefined when it is not under way. */
  get listProgress(): ListProgress | undefined {
    return this.#parameters.listProgress;
  }

  /** Ends every wait with the Fault `link-closed` and closes the link. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const fault = new Fault('link-closed', 'the link to the vehicle was closed', {
      exit: 'noLink',
    });
    const lists = [...this.#listWaits.values()].flat();
    for (const { reject } of [
      ...this.#commandWaits.values(),
      ...this.#parameterWaits.values(),
      ...lists,
    ]) {
      reject(fault);
    }
    for (const { resolve } of this.#watches) resolve(undefined);
    await this.#link.close();
  }

  #hear(frame: Frame, nowMs: number): void {
    if (frame.sysid !== this.vehicle.sysid) return;
    const message = decode(frame);
    if (!this.#tracker.observe(frame, message, nowMs)) return;
    this.#parameters.hear(frame, nowMs);
    if (message === undefined) return;
    if (message instanceof CommandAck) this.#commands.acknowledge(message, frame, nowMs);
    this.#latest.set(frame.msgid, { message, atMs: nowMs });
    this.#watches = this.#watches.filter((watch) => {
      if (watch.msgid !== frame.msgid) return true;
      watch.resolve(message);
      return false;
    });
  }

  #expireWatches(nowMs: number): void {
    this.#watches = this.#watches.filter((watch) => {
      if (nowMs < watch.deadlineMs) return true;
      watch.resolve(undefined);
      return false;
    });
  }

  async #access(id: number | undefined): Promise<ParameterOutcome> {
    const outcome = await this.#wait(this.#parameterWaits, id, 'parameters');
    if (outcome.result === 'silent') throw this.#silent();
    return outcome;
  }

  #wait<T>(waits: Map<number, Waiting<T>>, id: number | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      if (id !== undefined && !this.#closed) waits.set(id, { resolve, reject });
      else if (this.#closed) reject(new Fault('link-closed', 'the link is closed'));
      else reject(new Fault('request-refused', `too many ${what} at once, or an impossible name`));
    });
  }

  #silent(): Fault {
    return new Fault('vehicle-silent', `vehicle ${this.vehicle.sysid} does not answer`, {
      exit: 'noLink',
      data: { sysid: this.vehicle.sysid },
      remedy: 'Check that the link carries packets both ways.',
    });
  }

  #send(message: MavLinkData): void {
    this.#link.send(this.#encoder.encode(message));
  }
}

const settle = <T>(waits: Map<number, Waiting<T>>, id: number, outcome: T): void => {
  waits.get(id)?.resolve(outcome);
  waits.delete(id);
};
