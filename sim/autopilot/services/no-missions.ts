import { MissionCount, MissionRequestList } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** A vehicle that holds no mission, fence or rally points says so. */
export class NoMissions implements MessageService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  receive(message: MavLinkData | undefined, { sysid, compid }: Frame): boolean {
    if (!(message instanceof MissionRequestList)) return false;
    if (!isFor(this.#context.sysid, message)) return true;
    const answer = new MissionCount();
    answer.targetSystem = sysid;
    answer.targetComponent = compid;
    answer.count = 0;
    answer.missionType = message.missionType;
    this.#context.send(answer);
    return true;
  }
}
