import { ParamRequestList, ParamRequestRead, ParamSet } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { ParameterService } from '../parameter-service.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** PARAM_REQUEST_LIST, PARAM_REQUEST_READ and PARAM_SET. */
export class ParameterMessages implements MessageService {
  readonly #context: ServiceContext;
  readonly #parameters: ParameterService;

  constructor(context: ServiceContext) {
    this.#context = context;
    const { parameters, profile } = context.instruments.autopilot.situation;
    this.#parameters = new ParameterService(parameters, profile);
  }

  receive(message: MavLinkData | undefined): boolean {
    if (message instanceof ParamRequestList) {
      if (isFor(this.#context.sysid, message)) this.#parameters.list();
      return true;
    }
    if (message instanceof ParamRequestRead) {
      if (isFor(this.#context.sysid, message)) {
        this.#answer(this.#parameters.read(message.paramId, message.paramIndex));
      }
      return true;
    }
    if (message instanceof ParamSet) {
      const { paramId, paramValue, paramType } = message;
      if (isFor(this.#context.sysid, message)) {
        this.#answer(this.#parameters.set(paramId, paramValue, paramType));
      }
      return true;
    }
    return false;
  }

  step(): void {
    this.#parameters.step((message) => this.#context.send(message));
  }

  #answer(message: MavLinkData | undefined): void {
    if (message !== undefined) this.#context.send(message);
  }
}
