import {
  SerialControl,
  SerialControlDev,
  SerialControlFlag,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { Shell } from '../shell.ts';
import { versionMessage } from '../telemetry/identity-messages.ts';
import type { MessageService, ServiceContext } from './message-service.ts';

const DATA_BYTES = 70;
const CLOSED: number = 0;

/** SERIAL_CONTROL's shell; its serial ports belong to nobody here and stay silent, as closed ones do. */
export class ShellService implements MessageService {
  readonly #context: ServiceContext;
  readonly #shell: Shell;
  #client: Pick<Frame, 'sysid' | 'compid'> = { sysid: 0, compid: 0 };

  constructor(context: ServiceContext) {
    this.#context = context;
    const { flightSwVersion: version, flightCustomVersion } = versionMessage(context.instruments)();
    const numbers = [version >>> 24, (version >>> 16) & 0xff, (version >>> 8) & 0xff];
    this.#shell = new Shell({
      version: numbers.join('.'),
      gitHash: Buffer.from(flightCustomVersion.toReversed()).toString('hex').slice(0, 10),
      parameters: context.instruments.autopilot.situation.parameters,
    });
  }

  receive(message: MavLinkData | undefined, { sysid, compid }: Frame): boolean {
    if (!(message instanceof SerialControl)) return false;
    if (message.device !== SerialControlDev.DEV_SHELL) return true;
    const flags: number = message.flags;
    if ((flags & SerialControlFlag.REPLY) !== 0) return true;
    this.#client = { sysid, compid };
    if (flags === CLOSED && message.count === 0) {
      this.#shell.close();
      return true;
    }
    const typed = message.data.slice(0, Math.min(message.count, DATA_BYTES));
    this.#shell.type(Buffer.from(typed).toString('latin1'));
    return true;
  }

  step(): void {
    const text = this.#shell.take(DATA_BYTES);
    if (text === '') return;
    const answer = new SerialControl();
    answer.device = SerialControlDev.DEV_SHELL;
    answer.flags = SerialControlFlag.REPLY;
    answer.count = text.length;
    answer.data = [...Buffer.from(text.padEnd(DATA_BYTES, '\0'), 'latin1')];
    answer.targetSystem = this.#client.sysid;
    answer.targetComponent = this.#client.compid;
    this.#context.send(answer);
  }
}
