import { TimeSync } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import type { MessageService, ServiceContext } from './message-service.ts';

/** TIMESYNC: a question has tc1 = 0; the answer carries our time since boot in ns beside theirs. */
export class ClockSync implements MessageService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  receive(message: MavLinkData | undefined, { sysid, compid }: Frame): boolean {
    if (!(message instanceof TimeSync)) return false;
    if (message.tc1 !== 0n) return true;
    const answer = new TimeSync();
    answer.tc1 = BigInt(Math.round(this.#context.instruments.bootMs() * 1000)) * 1000n;
    answer.ts1 = message.ts1;
    answer.targetSystem = sysid;
    answer.targetComponent = compid;
    this.#context.send(answer);
    return true;
  }
}
