import type { CommandAck } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import {
  CommandService,
  type CommandOutcome,
  type CommandResult,
  type Component,
} from '#protocols/mavlink/command.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { streamRequests, type StreamRates } from '#protocols/mavlink/stream-request.ts';
import {
  armCommand,
  disarmCommand,
  holdAtAltitudeCommand,
  killCommand,
  requestMessageCommand,
  setModeCommand,
  takeoffCommand,
} from '#protocols/mavlink/vehicle-command.ts';
import { VehicleVoice } from '#protocols/mavlink/vehicle-voice.ts';
import type { ModeReport } from './mode-watch.ts';
import { ParameterReader, type ReadProgress } from './parameter-read.ts';
import { ParameterSetter, type ParameterProgress, type WantedParameter } from './parameter-set.ts';

/** MAV_COMP_ID_ONBOARD_COMPUTER. */
export const COMPANION_COMPID = 191;

/** Message id. */
const AUTOPILOT_VERSION = 148;

/** The mode shows in the next HEARTBEAT at the latest, or the vehicle did not take it. */
const MODE_SHOWS_MS = 2500;
const MODE_RETRY_MS = 400;
const MODE_ATTEMPTS = 5;

/** A mode that PX4 has accepted shows in its next CURRENT_MODE; another one then is somebody else's. */
const SHOWS_AFTER_ACK_MS = 300;

/** Two ticks: PX4 says why it refuses within some 10 ms of the ack. */
const REMARK_MS = 40;
/** MAV_SEVERITY: warning. What is less grave explains no refusal. */
const LEAST_GRAVE = 4;

/** Request of a mode or of an action: what came of it. Unanswered, it may have been obeyed. */
export type RequestState = 'none' | 'pending' | 'done' | 'failed' | 'unanswered';

interface ModeWish {
  mode: FlightMode;
  state: RequestState;
  id: number | undefined;
  attempts: number;
  /** When to try again, or to give up waiting for the mode to show. */
  dueMs: number;
  sinceMs: number;
  /** When PX4 last accepted it; infinite before. */
  acceptedMs: number;
}

interface ActionWish {
  id: number | undefined;
  state: RequestState;
  /** What PX4 said when it refused; empty when it said nothing. */
  refusal?: string;
}

const ACTION_ENDS: Readonly<Partial<Record<CommandResult, RequestState>>> = {
  accepted: 'done',
  timeout: 'unanswered',
};

const NOTHING: readonly MavLinkData[] = [];

/** Everything that is sent to the autopilot but setpoints: commands, modes and parameters, each followed to its end. */
export class Controls {
  readonly #commands: CommandService;
  readonly #parameters: ParameterSetter;
  readonly #reader: ParameterReader;
  readonly #voice: VehicleVoice;
  #mode: ModeWish | undefined;
  #arming: ActionWish = { id: undefined, state: 'none' };
  #takeoff: ActionWish = { id: undefined, state: 'none' };

  constructor(target: Component) {
    const self = { sysid: target.sysid, compid: COMPANION_COMPID };
    this.#commands = new CommandService(target, self, { remarkMs: REMARK_MS });
    this.#voice = new VehicleVoice(target);
    this.#parameters = new ParameterSetter(target);
    this.#reader = new ParameterReader(target);
  }

  /** The mode that we asked for last, and did not give up. */
  get wantedMode(): FlightMode | undefined {
    return this.#mode?.mode;
  }

  get modeState(): RequestState {
    return this.#mode?.state ?? 'none';
  }

  get armState(): RequestState {
    return this.#arming.state;
  }

  /** Why PX4 refused to arm or to take off, in its words; empty when it gave none. */
  get refusal(): string {
    return this.#takeoff.refusal ?? this.#arming.refusal ?? '';
  }

  get takeoffState(): RequestState {
    return this.#takeoff.state;
  }

  /** Asks for a mode until it shows; asking again for the one that is pending changes nothing. */
  wantMode(mode: FlightMode, nowMs: number): void {
    if (this.#mode?.mode === mode && this.#mode.state === 'pending') return;
    this.#mode = {
      mode,
      state: 'pending',
      id: undefined,
      attempts: 0,
      dueMs: nowMs,
      sinceMs: nowMs,
      acceptedMs: Number.POSITIVE_INFINITY,
    };
  }

  /** PX4 had accepted our mode, and shows neither it nor where we came from: somebody asked for another. */
  isOverruled(report: Readonly<ModeReport>, from: string | undefined): boolean {
    const wish = this.#mode;
    if (wish === undefined || report.failsafe) return false;
    if (report.mode === wish.mode || report.mode === from) return false;
    return report.atMs > wish.acceptedMs + SHOWS_AFTER_ACK_MS;
  }

  /** Control is no longer ours: nothing may be asked for any more, nor sent again. */
  letGo(): void {
    this.forgetMode();
    this.resetActions();
    this.#parameters.stop();
  }

  forgetMode(): void {
    if (this.#mode?.id !== undefined) this.#commands.cancel(this.#mode.id);
    this.#mode = undefined;
  }

  arm(): void {
    this.#arming = { id: this.#commands.request(armCommand()), state: 'pending' };
  }

  /** A new attempt at arming and taking off. */
  resetActions(): void {
    for (const { id } of [this.#arming, this.#takeoff]) {
      if (id !== undefined) this.#commands.cancel(id);
    }
    this.#arming = { id: undefined, state: 'none' };
    this.#takeoff = { id: undefined, state: 'none' };
  }

  /** Beside LOITER, which is to be asked for too. */
  holdAtAltitude(altAmslM: number): void {
    this.#commands.request(holdAtAltitudeCommand(altAmslM));
  }

  disarm(): void {
    this.#commands.request(disarmCommand());
  }

  kill(): void {
    this.#commands.request(killCommand());
  }

  takeoff(): void {
    this.#takeoff = { id: this.#commands.request(takeoffCommand()), state: 'pending' };
  }

  setParameters(parameters: readonly WantedParameter[]): void {
    this.#parameters.start(parameters);
  }

  parameterProgress(nowMs: number): ParameterProgress {
    return this.#parameters.progress(nowMs);
  }

  /** Reads them anew; {@link Controls.parametersRead} has the answer. */
  readParameters(names: readonly string[]): void {
    this.#reader.start(names);
  }

  get parametersRead(): ReadProgress {
    return this.#reader.progress;
  }

  /** AUTOPILOT_VERSION comes by telemetry, or does not. */
  requestVersion(): void {
    this.#commands.request(requestMessageCommand(AUTOPILOT_VERSION));
  }

  requestStreams(rates: StreamRates): void {
    for (const request of streamRequests(rates)) this.#commands.request(request);
  }

  acknowledge(ack: CommandAck, frame: Frame, nowMs: number): void {
    this.#commands.acknowledge(ack, frame, nowMs);
  }

  /** Takes any frame of the autopilot: its parameters are read from the raw bytes. */
  hear(frame: Frame, message: MavLinkData | undefined, nowMs: number): void {
    this.#voice.hear(frame, message, nowMs);
    this.#parameters.hear(frame, nowMs);
    this.#reader.hear(frame, nowMs);
  }

  /** Messages to send now. */
  tick(nowMs: number, report: Readonly<ModeReport>): readonly MavLinkData[] {
    this.#pursueMode(nowMs, report);
    // As nearly always: nothing is allocated then.
    if (this.#voice.idle && this.#commands.idle && this.#parameters.idle && this.#reader.idle) {
      return NOTHING;
    }
    const voice = this.#voice.tick(nowMs);
    for (const { severity, text } of voice.said) {
      if (severity <= LEAST_GRAVE) this.#commands.remark(text, nowMs);
    }
    const { send, outcomes } = this.#commands.tick(nowMs);
    for (const outcome of outcomes) this.#settle(outcome, nowMs);
    return [...voice.send, ...send, ...this.#parameters.tick(nowMs), ...this.#reader.tick(nowMs)];
  }

  #pursueMode(nowMs: number, report: Readonly<ModeReport>): void {
    const wish = this.#mode;
    if (wish === undefined || wish.state !== 'pending') return;
    if (report.mode === wish.mode && report.atMs > wish.sinceMs) {
      wish.state = 'done';
      return;
    }
    if (wish.id !== undefined || nowMs < wish.dueMs) return;
    if (wish.attempts >= MODE_ATTEMPTS) {
      wish.state = 'failed';
      return;
    }
    wish.attempts += 1;
    wish.id = this.#commands.request(setModeCommand(wish.mode, true));
    wish.dueMs = nowMs + MODE_SHOWS_MS;
  }

  #settle({ id, result, remarks }: CommandOutcome, nowMs: number): void {
    if (id === this.#mode?.id) {
      this.#mode.id = undefined;
      if (result === 'accepted') this.#mode.acceptedMs = nowMs;
      this.#mode.dueMs = nowMs + (result === 'accepted' ? MODE_SHOWS_MS : MODE_RETRY_MS);
    }
    for (const wish of [this.#arming, this.#takeoff]) {
      if (id !== wish.id) continue;
      wish.state = ACTION_ENDS[result] ?? 'failed';
      if (remarks.length > 0) wish.refusal = remarks.join('; ');
    }
  }
}
