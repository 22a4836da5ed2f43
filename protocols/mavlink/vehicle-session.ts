import { CommandAck, MavCmd, TimeSync } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { Fault } from '../fault.ts';
import { decode, Encoder } from './codec.ts';
import {
  CommandService,
  type CommandOutcome,
  type CommandRequest,
  type Component,
} from './command.ts';
import type { ArmingReport } from './events/arming-report.ts';
import type { Frame } from './framer.ts';
import { AutopilotTracker, companionHeartbeat, type AutopilotStatus } from './heartbeat.ts';
import type { VehicleLink } from './link.ts';
import { MessageWatch, type Heard } from './message-watch.ts';
import { MissionClient, type TransferOutcome } from './mission-client.ts';
import type { MissionItem, PlanPart } from './mission-item.ts';
import type { TransferProgress } from './mission-transfer.ts';
import { OpenRequests } from './open-requests.ts';
import {
  ParameterClient,
  type ParameterListOutcome,
  type ParameterOutcome,
} from './parameter-client.ts';
import type { ListProgress } from './parameter-list.ts';
import type { Parameter, ParameterTable } from './parameter-value.ts';
import { Remarks } from './remarks.ts';
import { listFault, planFault, silentFault } from './session-faults.ts';
import { StreamMeter } from './stream-meter.ts';
import { TimesyncClient, type ClockOffset } from './timesync.ts';
import { ToolHeartbeat } from './tool-heartbeat.ts';
import { requestMessageCommand } from './vehicle-command.ts';
import { VehicleVoice } from './vehicle-voice.ts';

/**
 * Who a tool is on the link: an onboard controller with an id of its own. Not a ground station, or
 * PX4 would take the end of a command for the loss of the ground station (NAV_DLL_ACT).
 */
export const TOOL: Component = { sysid: 245, compid: 191 };

const MESSAGE_TIMEOUT_MS = 1500;

/** PX4 says why within some 10 ms of the ack; a slow link takes its time. */
const REMARK_MS = 300;
/** MAV_SEVERITY: warning. What is less grave explains no refusal. */
const LEAST_GRAVE = 4;

/**
 * One vehicle behind a link, as promises, for tools on the ground and on the bench; the pilot has its
 * own loop. It has no timer: whoever owns it calls {@link VehicleSession.pump} some 50 times a
 * second. Every promise ends, since every service gives up by itself. All of them throw the Faults
 * `link-closed` and `vehicle-silent` (exit noLink). Heartbeats leave only while the tool is at work: see
 * {@link ToolHeartbeat}.
 */
export class VehicleSession {
  readonly vehicle: Component;
  readonly #link: VehicleLink;
  readonly #encoder = new Encoder(TOOL.sysid, TOOL.compid);
  readonly #tracker: AutopilotTracker;
  readonly #commands: CommandService;
  readonly #parameters: ParameterClient;
  readonly #missions: MissionClient;
  readonly #timesync: TimesyncClient;
  readonly #voice: VehicleVoice;
  readonly #said = new Remarks();
  readonly #meter = new StreamMeter();
  readonly #watch = new MessageWatch();
  readonly #open = {
    commands: new OpenRequests<CommandOutcome>(),
    parameters: new OpenRequests<ParameterOutcome>(),
    lists: new OpenRequests<ParameterListOutcome>(),
    transfers: new OpenRequests<TransferOutcome>(),
  };
  readonly #heartbeat = new ToolHeartbeat();
  #nowMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(link: VehicleLink, vehicle: Component) {
    this.vehicle = vehicle;
    this.#link = link;
    this.#tracker = new AutopilotTracker(vehicle.sysid);
    this.#commands = new CommandService(vehicle, TOOL, { remarkMs: REMARK_MS });
    this.#parameters = new ParameterClient(vehicle);
    this.#missions = new MissionClient(vehicle, TOOL);
    this.#timesync = new TimesyncClient(vehicle);
    this.#voice = new VehicleVoice(vehicle);
  }

  get #waiting(): boolean {
    return this.#watch.waiting || Object.values(this.#open).some(({ size }) => size > 0);
  }

  /** Takes in what came, sends what is due, and settles what has ended. */
  pump(nowMs: number): void {
    if (this.#closed) return;
    this.#nowMs = nowMs;
    for (const frame of this.#link.receive()) this.#hear(frame, nowMs);
    if (this.#heartbeat.takeDue(nowMs, this.#waiting)) this.#transmit(companionHeartbeat());
    const { send: requests, said } = this.#voice.tick(nowMs);
    for (const { severity, text } of said) {
      if (severity > LEAST_GRAVE) continue;
      this.#said.add(text, nowMs);
      this.#commands.remark(text, nowMs);
    }
    const { commands, parameters, lists, transfers } = this.#open;
    const commanded = this.#commands.tick(nowMs);
    const accessed = this.#parameters.tick(nowMs);
    const transferred = this.#missions.tick(nowMs);
    const { send: clocks } = this.#timesync.tick(nowMs);
    for (const send of [requests, clocks, commanded.send, accessed.send, transferred.send]) {
      for (const message of send) this.#transmit(message);
    }
    for (const outcome of commanded.outcomes) commands.settle(outcome.id, outcome);
    for (const outcome of accessed.outcomes) parameters.settle(outcome.id, outcome);
    for (const outcome of accessed.lists) lists.settle(outcome.id, outcome);
    for (const outcome of transferred.outcomes) transfers.settle(outcome.id, outcome);
    this.#watch.expire(nowMs);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Time of the last pump. */
  get nowMs(): number {
    return this.#nowMs;
  }

  status(): AutopilotStatus {
    this.#heartbeat.asked(this.#nowMs);
    return this.#tracker.status(this.#nowMs);
  }

  /** The vehicle's clock against ours; undefined before it answered. */
  get clockOffset(): ClockOffset | undefined {
    return this.#timesync.offset;
  }

  /** Counts what comes from now on, for so long. */
  async measure(windowMs: number): Promise<StreamMeter> {
    this.#meter.restart();
    await this.#watch.pause(this.#nowMs + windowMs);
    return this.#meter;
  }

  /** The newest message of a kind that the autopilot sent. */
  latest<T extends MavLinkData>(kind: MavLinkDataConstructor<T>): Heard<T> | undefined {
    this.#heartbeat.asked(this.#nowMs);
    return this.#watch.latest(kind);
  }

  /** The next message of a kind; undefined when none comes in time. */
  next<T extends MavLinkData>(
    kind: MavLinkDataConstructor<T>,
    timeoutMs = MESSAGE_TIMEOUT_MS,
  ): Promise<T | undefined> {
    return this.#watch.next(kind, this.#nowMs + timeoutMs);
  }

  /** Asks for a message (REQUEST_MESSAGE); undefined when the vehicle does not have or send it. */
  async request<T extends MavLinkData>(kind: MavLinkDataConstructor<T>): Promise<T | undefined> {
    const message = this.next(kind);
    const { result } = await this.command(requestMessageCommand(kind.MSG_ID));
    return result === 'accepted' || result === 'timeout' ? message : undefined;
  }

  /**
   * What PX4 finds wrong with itself, asked for anew; empty (`checks` undefined) when it does not
   * say: before v1.14, or on a link that loses too much.
   */
  async armingReport(): Promise<ArmingReport> {
    const { result } = await this.command({ command: MavCmd.RUN_PREARM_CHECKS, params: [] });
    if (result === 'accepted') await this.next(Heartbeat);
    return this.#voice.report;
  }

  /** How a command ended: accepted, refused with what the vehicle said about it, or unanswered. */
  command(request: CommandRequest): Promise<CommandOutcome> {
    return this.#open.commands.wait(this.#commands.request(request));
  }

  /** A parameter, or undefined when this version of PX4 has none of that name. */
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
   * All parameters. Throws the Faults `parameters-incomplete` (names the first missing) and
   * `parameters-refused`.
   */
  async allParameters(): Promise<ParameterTable> {
    const end = await this.#open.lists.wait(this.#parameters.list());
    if (end.result === 'complete') return end.table;
    throw end.result === 'silent' ? silentFault(this.vehicle.sysid) : listFault(end);
  }

  /** How far {@link VehicleSession.allParameters} is; undefined when it is not under way. */
  get listProgress(): ListProgress | undefined {
    return this.#parameters.listProgress;
  }

  /**
   * Replaces one part of the vehicle's plan; no items clear it. Returns what the vehicle said about
   * it: PX4 accepts a mission that it will not fly, and says so in words a moment later. Throws the
   * Fault `plan-refused`.
   */
  async upload(part: PlanPart, items: readonly MissionItem[]): Promise<readonly string[]> {
    const sinceMs = this.#nowMs;
    await this.#transfer(this.#missions.upload(part, items));
    if (items.length === 0) return [];
    await this.#watch.pause(this.#nowMs + REMARK_MS);
    return this.#said.since(sinceMs);
  }

  /** One part of the vehicle's plan. Throws the Fault `plan-refused`. */
  async download(part: PlanPart): Promise<readonly MissionItem[]> {
    const outcome = await this.#transfer(this.#missions.download(part));
    return outcome.result === 'downloaded' ? outcome.items : [];
  }

  /** How far the transfer under way is. */
  get transferProgress(): TransferProgress | undefined {
    return this.#missions.progress;
  }

  /** Ends every wait with the Fault `link-closed` and closes the link. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const fault = new Fault('link-closed', 'the link to the vehicle was closed', {
      exit: 'noLink',
    });
    for (const requests of Object.values(this.#open)) requests.close(fault);
    this.#watch.expire(Number.POSITIVE_INFINITY);
    await this.#link.close();
  }

  #hear(frame: Frame, nowMs: number): void {
    if (frame.sysid !== this.vehicle.sysid) return;
    const message = decode(frame);
    if (!this.#tracker.observe(frame, message, nowMs)) return;
    this.#parameters.hear(frame, nowMs);
    this.#voice.hear(frame, message, nowMs);
    this.#meter.count(frame.msgid, nowMs);
    if (message === undefined) return;
    if (message instanceof TimeSync) this.#timesync.hear(message, frame, nowMs);
    else if (message instanceof CommandAck) this.#commands.acknowledge(message, frame, nowMs);
    else this.#missions.hear(message, frame);
    this.#watch.hear(message, frame.msgid, nowMs);
  }

  async #access(id: number | undefined): Promise<ParameterOutcome> {
    const outcome = await this.#open.parameters.wait(id);
    if (outcome.result === 'silent') throw silentFault(this.vehicle.sysid);
    return outcome;
  }

  async #transfer(id: number | undefined): Promise<TransferOutcome> {
    const sinceMs = this.#nowMs;
    const outcome = await this.#open.transfers.wait(id);
    if (outcome.result === 'silent') throw silentFault(this.vehicle.sysid);
    if (outcome.result === 'refused') throw planFault(outcome, this.#said.since(sinceMs));
    return outcome;
  }

  /** Sends one message that asks for no answer. */
  send(message: MavLinkData): void {
    this.#heartbeat.asked(this.#nowMs);
    this.#transmit(message);
  }

  #transmit(message: MavLinkData): void {
    this.#link.send(this.#encoder.encode(message));
  }
}
