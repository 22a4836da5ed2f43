import { MavCmd, MavResult, MessageInterval } from 'mavlink-mappings/dist/lib/common.js';
import type { Command } from '../command-handler.ts';
import type { ServiceContext } from './message-service.ts';

const AUTOPILOT_VERSION = 148;
const PROTOCOL_VERSION = 300;

const request = ({ streams, send }: ServiceContext, msgid: number, index = 0): MavResult =>
  streams.request(msgid, index, send) ? MavResult.ACCEPTED : MavResult.DENIED;

const tellInterval = ({ streams, send }: ServiceContext, msgid: number): MavResult => {
  const message = new MessageInterval();
  message.messageId = msgid & 0xffff;
  message.intervalUs = streams.intervalUs(msgid);
  send(message);
  return MavResult.ACCEPTED;
};

/**
 * The commands that ask for messages, which each link answers for itself; undefined for any other.
 * v1.18 no longer has those from before REQUEST_MESSAGE.
 */
export const handleMessageCommand = (
  context: ServiceContext,
  { command, params }: Command,
): MavResult | undefined => {
  const isOld = context.instruments.autopilot.situation.profile === '1.15';
  switch (command) {
    case MavCmd.REQUEST_MESSAGE:
      return request(context, params[0], params[1]);
    case MavCmd.SET_MESSAGE_INTERVAL:
      return context.streams.setMessageInterval(params[0], params[1])
        ? MavResult.ACCEPTED
        : MavResult.FAILED;
    case MavCmd.GET_MESSAGE_INTERVAL:
      return tellInterval(context, params[0]);
    case MavCmd.REQUEST_PROTOCOL_VERSION:
      return isOld ? request(context, PROTOCOL_VERSION) : MavResult.UNSUPPORTED;
    case MavCmd.REQUEST_AUTOPILOT_CAPABILITIES:
      return isOld ? request(context, AUTOPILOT_VERSION) : MavResult.UNSUPPORTED;
    default:
      return undefined;
  }
};
