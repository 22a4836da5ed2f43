import { flightModeOf } from '#protocols/mavlink/modes.ts';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import type { Geodetic } from '#protocols/frames.ts';
import type { Vector3 } from '#protocols/vector.ts';
import {
  CommandAck,
  CommandInt,
  CommandLong,
  MavFrame,
  MavResult,
  MessageInterval,
  MissionCount,
  MissionRequestList,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  SetMode,
  SetPositionTargetGlobalInt,
  SetPositionTargetLocalNed,
  StatusText,
  TimeSync,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavType } from 'mavlink-mappings/dist/lib/minimal.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { handleCommand, type Command, type CommandHandlerPorts } from './command-handler.ts';
import { ParameterService } from './parameter-service.ts';
import { Announcements } from './telemetry/announcements.ts';
import { Streams } from './telemetry/streams.ts';
import type { Instruments } from './telemetry/instruments.ts';

/** PX4's queue of vehicle commands: a longer burst loses the rest without an ack. */
const COMMAND_QUEUE = 4;
/** Commands wait for the commander's next cycle. */
const COMMAND_PERIOD_MS = 12;
/** Several packets share a datagram, up to what fits an Ethernet frame. */
const DATAGRAM_BYTES = 1400;
const COMPID = 1;

interface QueuedCommand extends Command {
  targetsUs: boolean;
  from: Pick<Frame, 'sysid' | 'compid'>;
}

export interface MavlinkEndpointOptions {
  sysid: number;
  instruments: Instruments;
  localOf: (position: Geodetic) => Vector3;
  /** Stream rates by message id, where they differ from PX4's onboard link. */
  rates?: Readonly<Record<number, number>>;
}

/**
 * The vehicle's MAVLink side: frames in, datagrams out, nothing else. It answers as PX4 does: silent
 * to what is not addressed to it, acks within milliseconds, text only to a ground station.
 */
export class MavlinkEndpoint {
  readonly #sysid: number;
  readonly #instruments: Instruments;
  readonly #encoder: Encoder;
  readonly #streams: Streams;
  readonly #parameters: ParameterService;
  readonly #announcements: Announcements;
  readonly #ports: CommandHandlerPorts;
  readonly #commands: QueuedCommand[] = [];
  readonly #send = (message: MavLinkData): void => this.#queue(message);
  #datagrams: Uint8Array[] = [];
  #packets: Uint8Array[] = [];
  #packetBytes = 0;
  #commandsDueMs = 0;

  constructor({ sysid, instruments, localOf, rates }: MavlinkEndpointOptions) {
    const { autopilot } = instruments;
    const { parameters, profile } = autopilot.situation;
    this.#sysid = sysid;
    this.#instruments = instruments;
    this.#encoder = new Encoder(sysid, COMPID);
    this.#streams = new Streams(instruments, rates);
    this.#parameters = new ParameterService(parameters, profile);
    this.#announcements = new Announcements(autopilot);
    this.#ports = {
      autopilot,
      streams: this.#streams,
      send: this.#send,
      sendInterval: (msgid) => this.#sendInterval(msgid),
      localOf,
    };
  }

  /** Takes what came; setpoints act at once, commands at the commander's next cycle. */
  receive(frames: readonly Frame[]): void {
    for (const frame of frames) {
      const message = decode(frame);
      if (message !== undefined) this.#dispatch(message, frame);
    }
  }

  /** Everything to be sent at this time since boot, packed into datagrams. */
  step(nowMs: number): Uint8Array[] {
    if (this.#commands.length > 0 && nowMs >= this.#commandsDueMs) this.#runCommands(nowMs);
    this.#parameters.step(this.#send);
    this.#streams.step(nowMs, this.#send);
    this.#announce();
    this.#flush();
    const datagrams = this.#datagrams;
    this.#datagrams = [];
    return datagrams;
  }

  /** STATUSTEXT; PX4 sends it only on a link where a ground station is heard. */
  #announce(): void {
    const news = this.#announcements.take();
    if (Number.isNaN(this.#instruments.autopilot.gcsHeardS)) return;
    for (const { severity, text } of news) {
      const message = new StatusText();
      message.severity = severity;
      message.text = text;
      this.#queue(message);
    }
  }

  #dispatch(message: MavLinkData, frame: Frame): void {
    if (message instanceof SetPositionTargetLocalNed) this.#localSetpoint(message);
    else if (message instanceof SetPositionTargetGlobalInt) this.#globalSetpoint(message);
    else if (message instanceof CommandLong)
      this.#enqueue(message, message._param5, message._param6, frame);
    else if (message instanceof CommandInt)
      this.#enqueue(message, message._param5 / 1e7, message._param6 / 1e7, frame);
    else if (message instanceof Heartbeat) this.#heartbeat(message);
    else if (message instanceof TimeSync) this.#timesync(message, frame);
    else if (message instanceof SetMode) this.#setMode(message);
    else this.#dispatchService(message, frame);
  }

  #dispatchService(message: MavLinkData, frame: Frame): void {
    if (message instanceof ParamRequestList) {
      if (this.#isForUs(message)) this.#parameters.list();
    } else if (message instanceof ParamRequestRead) {
      if (!this.#isForUs(message)) return;
      this.#queueIf(this.#parameters.read(message.paramId, message.paramIndex));
    } else if (message instanceof ParamSet) {
      if (!this.#isForUs(message)) return;
      const { paramId, paramValue, paramType } = message;
      this.#queueIf(this.#parameters.set(paramId, paramValue, paramType));
    } else if (message instanceof MissionRequestList) {
      if (this.#isForUs(message)) this.#noMission(message, frame);
    }
  }

  #isForUs({
    targetSystem,
    targetComponent,
  }: {
    targetSystem: number;
    targetComponent: number;
  }): boolean {
    return (
      (targetSystem === 0 || targetSystem === this.#sysid) &&
      (targetComponent === 0 || targetComponent === COMPID)
    );
  }

  #localSetpoint(message: SetPositionTargetLocalNed): void {
    if (!this.#isForUs(message)) return;
    const { autopilot } = this.#instruments;
    const { motion, timeS } = autopilot.situation;
    const target = { ...message, positionNed: { x: message.x, y: message.y, z: message.z } };
    autopilot.stream.accept(target, message.coordinateFrame, motion, timeS);
  }

  #globalSetpoint(message: SetPositionTargetGlobalInt): void {
    if (!this.#isForUs(message)) return;
    const { situation, stream } = this.#instruments.autopilot;
    const { coordinateFrame: frame, alt } = message;
    const relative =
      frame === MavFrame.GLOBAL_RELATIVE_ALT_INT || frame === MavFrame.GLOBAL_TERRAIN_ALT_INT;
    if (!relative && frame !== MavFrame.GLOBAL_INT) return;
    const latDeg = message.latInt / 1e7;
    const lonDeg = message.lonInt / 1e7;
    const positionNed = this.#ports.localOf({ latDeg, lonDeg, altAmslM: alt });
    if (relative) positionNed.z = situation.homeNed.z - alt;
    const target = { ...message, positionNed };
    stream.accept(target, MavFrame.LOCAL_NED, situation.motion, situation.timeS);
  }

  #enqueue(
    message: CommandLong | CommandInt,
    param5: number,
    param6: number,
    from: QueuedCommand['from'],
  ): void {
    const targetsUs = this.#isForUs(message);
    // To another vehicle: 1.15 answers "failed" in its name, 1.18 is silent.
    if (!targetsUs && this.#instruments.autopilot.situation.profile !== '1.15') return;
    if (this.#commands.length >= COMMAND_QUEUE) return;
    const { _param1: one, _param2: two, _param3: three, _param4: four, _param7: seven } = message;
    this.#commands.push({
      command: message.command,
      params: [one, two, three, four, param5, param6, seven],
      targetsUs,
      from: { sysid: from.sysid, compid: from.compid },
    });
  }

  #runCommands(nowMs: number): void {
    this.#commandsDueMs = nowMs + COMMAND_PERIOD_MS;
    for (const command of this.#commands) {
      const result = command.targetsUs ? handleCommand(this.#ports, command) : MavResult.FAILED;
      if (result !== undefined) this.#acknowledge(command, result);
    }
    this.#commands.length = 0;
  }

  #acknowledge({ command, from }: QueuedCommand, result: MavResult): void {
    const ack = new CommandAck();
    ack.command = command;
    ack.result = result;
    ack.targetSystem = from.sysid;
    ack.targetComponent = from.compid;
    this.#queue(ack);
  }

  #heartbeat(message: Heartbeat): void {
    if (message.type !== MavType.GCS) return;
    this.#instruments.autopilot.hearGroundStation();
  }

  /** A question has tc1 = 0; the answer carries our time in ns beside theirs. */
  #timesync(message: TimeSync, from: QueuedCommand['from']): void {
    if (message.tc1 !== 0n) return;
    const answer = new TimeSync();
    answer.tc1 = BigInt(Math.round(this.#instruments.bootMs() * 1000)) * 1000n;
    answer.ts1 = message.ts1;
    answer.targetSystem = from.sysid;
    answer.targetComponent = from.compid;
    this.#queue(answer);
  }

  /** The legacy message: works, and is not acknowledged. */
  #setMode(message: SetMode): void {
    if (message.targetSystem !== this.#sysid && message.targetSystem !== 0) return;
    const { commander, situation } = this.#instruments.autopilot;
    const mode = flightModeOf(message.customMode);
    if (mode !== undefined) commander.requestMode(mode, situation);
  }

  #noMission(request: MissionRequestList, from: QueuedCommand['from']): void {
    const answer = new MissionCount();
    answer.targetSystem = from.sysid;
    answer.targetComponent = from.compid;
    answer.count = 0;
    answer.missionType = request.missionType;
    this.#queue(answer);
  }

  #sendInterval(msgid: number): void {
    const message = new MessageInterval();
    message.messageId = msgid;
    message.intervalUs = this.#streams.intervalUs(msgid);
    this.#queue(message);
  }

  #queueIf(message: MavLinkData | undefined): void {
    if (message !== undefined) this.#queue(message);
  }

  #queue(message: MavLinkData): void {
    const packet = this.#encoder.encode(message);
    if (this.#packetBytes + packet.length > DATAGRAM_BYTES) this.#flush();
    this.#packets.push(packet);
    this.#packetBytes += packet.length;
  }

  #flush(): void {
    if (this.#packets.length === 0) return;
    this.#datagrams.push(
      this.#packets.length === 1 ? this.#packets[0]! : Buffer.concat(this.#packets),
    );
    this.#packets = [];
    this.#packetBytes = 0;
  }
}
