import { MavCmd, MessageInterval } from 'mavlink-mappings/dist/lib/common.js';
import type { RequestResult } from '../commander.ts';
import type { Command } from '../commands/command.ts';
import type { ServiceContext } from './message-service.ts';

const AUTOPILOT_VERSION = 148;
const HOME_POSITION = 242;
const FLIGHT_INFORMATION = 264;
const PROTOCOL_VERSION = 300;

const request = ({ streams, send }: ServiceContext, msgid: number, index = 0): RequestResult =>
  streams.request(msgid, index, send) ? 'accepted' : 'denied';

const tellInterval = ({ streams, send }: ServiceContext, msgid: number): RequestResult => {
  const message = new MessageInterval();
  message.messageId = msgid & 0xffff;
  message.intervalUs = streams.intervalUs(msgid);
  send(message);
  return 'accepted';
};

/**
 * The commands that ask for messages, which each link answers for itself; undefined for any other.
 * v1.18 no longer has those from before REQUEST_MESSAGE.
 */
export const handleMessageCommand = (
  context: ServiceContext,
  { command, params }: Command,
): RequestResult | undefined => {
  const isOld = context.instruments.autopilot.situation.profile === '1.15';
  switch (command) {
    case MavCmd.REQUEST_MESSAGE:
      return request(context, params[0], params[1]);
    case MavCmd.SET_MESSAGE_INTERVAL:
      return context.streams.setMessageInterval(params[0], params[1]) ? 'accepted' : 'failed';
    case MavCmd.GET_MESSAGE_INTERVAL:
      return tellInterval(context, params[0]);
    case MavCmd.REQUEST_PROTOCOL_VERSION:
      return isOld ? request(context, PROTOCOL_VERSION) : 'unsupported';
    case MavCmd.REQUEST_AUTOPILOT_CAPABILITIES:
      return isOld ? request(context, AUTOPILOT_VERSION) : 'unsupported';
    case MavCmd.REQUEST_FLIGHT_INFORMATION:
      return isOld ? request(context, FLIGHT_INFORMATION) : 'unsupported';
    case MavCmd.GET_HOME_POSITION:
      if (isOld) request(context, HOME_POSITION);
      return isOld ? 'accepted' : 'unsupported';
    default:
      return undefined;
  }
};
