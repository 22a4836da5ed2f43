import { LogEntry, LogRequestList, Ping } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** PING from anyone to all is sent back to him; LOG_REQUEST_LIST finds that no logs are kept here. */
export class Echoes implements MessageService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  receive(message: MavLinkData | undefined, { sysid, compid }: Frame): boolean {
    if (message instanceof Ping) {
      if (message.targetSystem !== 0 || message.targetComponent !== 0) return true;
      message.targetSystem = sysid;
      message.targetComponent = compid;
      this.#context.send(message);
      return true;
    }
    if (!(message instanceof LogRequestList)) return false;
    if (isFor(this.#context.sysid, message)) this.#context.send(new LogEntry());
    return true;
  }
}
