import { CommandInt, CommandLong, MavResult } from 'mavlink-mappings/dist/lib/common.js';
import type { MavFrame } from 'mavlink-mappings/dist/lib/common.js';
import { MavLinkData, MavLinkPacketField } from 'mavlink-mappings/dist/lib/mavlink.js';
import { crcExtraOf } from './crc-extra.ts';

interface Target {
  sysid: number;
  compid: number;
}

/** A place for a command, exact to 1 cm: COMMAND_LONG's floats know a longitude to 1 m only. */
export interface CommandPlace {
  /** MAV_FRAME. */
  frame: number;
  /** Latitude in degrees × 10⁷ in global frames. */
  x: number;
  /** Longitude in degrees × 10⁷ in global frames. */
  y: number;
  /** m. */
  z: number;
}

interface Content {
  command: number;
  params: readonly number[];
  place?: CommandPlace;
}

/** COMMAND_LONG, or COMMAND_INT for a command with a place (which has no count of repeats). */
export const commandMessage = (
  target: Target,
  { command, params, place }: Content,
  confirmation: number,
): CommandLong | CommandInt => {
  const message = place === undefined ? new CommandLong() : new CommandInt();
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  message.command = command;
  message._param1 = params[0] ?? 0;
  message._param2 = params[1] ?? 0;
  message._param3 = params[2] ?? 0;
  message._param4 = params[3] ?? 0;
  message._param5 = place?.x ?? params[4] ?? 0;
  message._param6 = place?.y ?? params[5] ?? 0;
  message._param7 = place?.z ?? params[6] ?? 0;
  if (message instanceof CommandLong) message.confirmation = confirmation;
  else {
    message.frame = (place?.frame ?? 0) as MavFrame;
    message.current = 0;
    message.autocontinue = 0;
  }
  return message;
};

/** COMMAND_CANCEL, which mavlink-mappings does not define (mavlink.io/en/messages/common.html). */
class CommandCancel extends MavLinkData {
  static override readonly MSG_ID = 80;
  static override readonly MSG_NAME = 'COMMAND_CANCEL';
  static override readonly PAYLOAD_LENGTH = 4;
  static override readonly MAGIC_NUMBER = crcExtraOf(80)!;
  static override readonly FIELDS = [
    new MavLinkPacketField('command', 'command', 0, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('target_system', 'targetSystem', 2, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('target_component', 'targetComponent', 3, false, 1, 'uint8_t', ''),
  ];
  command = 0;
  targetSystem = 0;
  targetComponent = 0;
}

/** Asks the vehicle to stop a command that it reported to be in progress. */
export const cancelMessage = (target: Target, command: number): MavLinkData => {
  const message = new CommandCancel();
  message.command = command;
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  return message;
};

/** How a vehicle answered a command. */
export type AckResult =
  | 'accepted'
  | 'temporarilyRejected'
  | 'denied'
  | 'unsupported'
  | 'failed'
  | 'cancelled';

/** A result that MAVLink does not define counts as failed: it is surely no acceptance. */
export const ackResultOf = (result: number): AckResult => {
  switch (result) {
    case MavResult.ACCEPTED:
      return 'accepted';
    case MavResult.TEMPORARILY_REJECTED:
      return 'temporarilyRejected';
    case MavResult.DENIED:
    case MavResult.NOT_IN_CONTROL:
      return 'denied';
    case MavResult.UNSUPPORTED:
    case MavResult.COMMAND_LONG_ONLY:
    case MavResult.COMMAND_INT_ONLY:
    case MavResult.COMMAND_UNSUPPORTED_MAV_FRAME:
      return 'unsupported';
    case MavResult.CANCELLED:
      return 'cancelled';
    default:
      return 'failed';
  }
};
