import {
  CommandAck,
  CommandInt,
  CommandLong,
  MavResult,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { handleCommand, type Command, type CommandHandlerPorts } from '../command-handler.ts';
import { handleMessageCommand } from './message-commands.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** PX4's queue of vehicle commands: a longer burst loses the rest without an ack. */
const COMMAND_QUEUE = 4;
/** Commands wait for the commander's next cycle. */
const COMMAND_PERIOD_MS = 12;

interface QueuedCommand extends Command {
  targetsUs: boolean;
  from: Pick<Frame, 'sysid' | 'compid'>;
}

/** COMMAND_LONG and COMMAND_INT: queued, carried out in the commander's next cycle, acknowledged. */
export class Commands implements MessageService {
  readonly #context: ServiceContext;
  readonly #ports: CommandHandlerPorts;
  readonly #queue: QueuedCommand[] = [];
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
      this.#enqueue(message, message._param5, message._param6, frame);
      return true;
    }
    if (message instanceof CommandInt) {
      this.#enqueue(message, message._param5 / 1e7, message._param6 / 1e7, frame);
      return true;
    }
    return false;
  }

  step(nowMs: number): void {
    if (this.#queue.length === 0 || nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + COMMAND_PERIOD_MS;
    for (const command of this.#queue) {
      const result = this.#resultOf(command);
      if (result !== undefined) this.#acknowledge(command, result);
    }
    this.#queue.length = 0;
  }

  #resultOf(command: QueuedCommand): MavResult | undefined {
    if (!command.targetsUs) return MavResult.FAILED;
    return handleMessageCommand(this.#context, command) ?? handleCommand(this.#ports, command);
  }

  #enqueue(
    message: CommandLong | CommandInt,
    param5: number,
    param6: number,
    from: QueuedCommand['from'],
  ): void {
    const { sysid, instruments } = this.#context;
    const targetsUs = isFor(sysid, message);
    // To another vehicle: 1.15 answers "failed" in its name, 1.18 is silent.
    if (!targetsUs && instruments.autopilot.situation.profile !== '1.15') return;
    if (this.#queue.length >= COMMAND_QUEUE) return;
    const { _param1: one, _param2: two, _param3: three, _param4: four, _param7: seven } = message;
    this.#queue.push({
      command: message.command,
      params: [one, two, three, four, param5, param6, seven],
      targetsUs,
      from: { sysid: from.sysid, compid: from.compid },
    });
  }

  #acknowledge({ command, from }: QueuedCommand, result: MavResult): void {
    const ack = new CommandAck();
    ack.command = command;
    ack.result = result;
    ack.targetSystem = from.sysid;
    ack.targetComponent = from.compid;
    this.#context.send(ack);
  }
}
