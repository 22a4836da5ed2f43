import { SetMode } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { flightModeOf } from '#protocols/mavlink/modes.ts';
import type { MessageService, ServiceContext } from './message-service.ts';

/** SET_MODE, the message before there was a command: works, and is not acknowledged. */
export class LegacyMode implements MessageService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  receive(message: MavLinkData | undefined): boolean {
    if (!(message instanceof SetMode)) return false;
    const { sysid, instruments } = this.#context;
    if (message.targetSystem !== sysid && message.targetSystem !== 0) return true;
    const { commander, situation } = instruments.autopilot;
    const mode = flightModeOf(message.customMode);
    if (mode !== undefined) commander.requestMode(mode, situation);
    return true;
  }
}
