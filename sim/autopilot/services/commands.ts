import {
  CommandAck,
  CommandInt,
  CommandLong,
  MavCmd,
  MavFrame,
  MavResult,
  SetMode,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import type { RequestResult } from '../commander.ts';
import type { Answer, Command, CommandPorts } from '../commands/command.ts';
import { handleCommand } from '../commands/handle-command.ts';
import { handleMessageCommand } from './message-commands.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** PX4's queue of vehicle commands: a longer burst loses the rest without an ack. */
const COMMAND_QUEUE = 4;
/** Commands wait for the commander's next cycle. */
const COMMAND_PERIOD_MS = 12;
/** Acks that are still to come, at most. */
const LATE_ACKS_MAX = 16;
/** COMMAND_INT's x and y when the sender leaves them to the vehicle. */
const UNSET_INT = 0x7fff_ffff;

const RESULTS: Readonly<Record<RequestResult, MavResult>> = {
  accepted: MavResult.ACCEPTED,
  temporarilyRejected: MavResult.TEMPORARILY_REJECTED,
  denied: MavResult.DENIED,
  unsupported: MavResult.UNSUPPORTED,
  failed: MavResult.FAILED,
  inProgress: MavResult.IN_PROGRESS,
};

type Sender = Pick<Frame, 'sysid' | 'compid'>;

interface QueuedCommand extends Command {
  targetsUs: boolean;
  from: Sender;
}

interface LateAck {
  dueMs: number;
  command: QueuedCommand;
  answer: Answer;
}

const degreesOf = (degE7: number): number =>
  degE7 === UNSET_INT || degE7 === -UNSET_INT - 1 ? Number.NaN : degE7 / 1e7;

const isAboveHome = (frame: MavFrame): boolean =>
  frame === MavFrame.GLOBAL_RELATIVE_ALT || frame === MavFrame.GLOBAL_RELATIVE_ALT_INT;

/**
 * COMMAND_LONG, COMMAND_INT and the old SET_MODE: queued, carried out in the commander's next cycle,
 * acknowledged.
 */
export class Commands implements MessageService {
  readonly #context: ServiceContext;
  readonly #ports: CommandPorts;
  readonly #queue: QueuedCommand[] = [];
  readonly #late: LateAck[] = [];
  #dueMs = 0;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#ports = {
      autopilot: context.instruments.autopilot,
      localOf: (position) => context.localOf(position),
    };
  }

  receive(message: MavLinkData | undefined, frame: Frame): boolean {
    if (message instanceof CommandLong) {
      this.#enqueue(message, [message._param5, message._param6], false, frame);
      return true;
    }
    if (message instanceof CommandInt) {
      const place = [degreesOf(message._param5), degreesOf(message._param6)] as const;
      this.#enqueue(message, place, isAboveHome(message.frame), frame);
      return true;
    }
    if (message instanceof SetMode) {
      this.#enqueueMode(message, frame);
      return true;
    }
    return false;
  }

  step(nowMs: number): void {
    this.#sendLate(nowMs);
    if (this.#queue.length === 0 || nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + COMMAND_PERIOD_MS;
    for (const command of this.#queue) {
      for (const answer of this.#carryOut(command)) {
        const dueMs = nowMs + (answer.afterMs ?? 0);
        if (dueMs <= nowMs) this.#acknowledge(command, answer);
        else if (this.#late.length < LATE_ACKS_MAX) this.#late.push({ dueMs, command, answer });
      }
    }
    this.#queue.length = 0;
  }

  #carryOut(command: QueuedCommand): readonly Answer[] {
    if (!command.targetsUs) return [{ result: 'failed' }];
    const result = handleMessageCommand(this.#context, command);
    return result === undefined ? handleCommand(this.#ports, command) : [{ result }];
  }

  #sendLate(nowMs: number): void {
    for (let index = 0; index < this.#late.length;) {
      const { dueMs, command, answer } = this.#late[index]!;
      if (nowMs < dueMs) {
        index += 1;
        continue;
      }
      this.#late.splice(index, 1);
      this.#acknowledge(command, answer);
    }
  }

  #enqueue(
    message: CommandLong | CommandInt,
    [param5, param6]: readonly [number, number],
    aboveHome: boolean,
    from: Sender,
  ): void {
    const { _param1: one, _param2: two, _param3: three, _param4: four, _param7: seven } = message;
    this.#push(message, {
      command: message.command,
      params: [one, two, three, four, param5, param6, seven],
      aboveHome,
      targetsUs: true,
      from,
    });
  }

  /** SET_MODE comes to a DO_SET_MODE in PX4, and is acknowledged as one. */
  #enqueueMode({ targetSystem, baseMode, customMode }: SetMode, from: Sender): void {
    const main = (customMode >>> 16) & 0xff;
    const sub = customMode >>> 24;
    const addressed = { targetSystem, targetComponent: 0 };
    if (!isFor(this.#context.sysid, addressed)) return;
    this.#push(addressed, {
      command: MavCmd.DO_SET_MODE,
      params: [baseMode, main, sub, 0, 0, 0, 0],
      aboveHome: false,
      targetsUs: true,
      from,
    });
  }

  /** To somebody else: 1.15 answers "failed" in his name, also to a broadcast; 1.18 is silent. */
  #push(
    addressed: { targetSystem: number; targetComponent: number },
    command: QueuedCommand,
  ): void {
    const { sysid, instruments } = this.#context;
    const strict = instruments.autopilot.situation.profile === '1.15';
    const targetsUs =
      isFor(sysid, addressed) &&
      (!strict || addressed.targetSystem === sysid || command.command === MavCmd.DO_SET_MODE);
    if (!targetsUs && !strict) return;
    if (this.#queue.length >= COMMAND_QUEUE) return;
    const { sysid: fromSysid, compid } = command.from;
    this.#queue.push({ ...command, targetsUs, from: { sysid: fromSysid, compid } });
  }

  #acknowledge({ command, from }: QueuedCommand, { result, progress = 0 }: Answer): void {
    const ack = new CommandAck();
    ack.command = command;
    ack.result = RESULTS[result];
    ack.progress = progress;
    ack.targetSystem = from.sysid;
    ack.targetComponent = from.compid;
    this.#context.send(ack);
  }
}
