import { MavLinkData, MavLinkPacketField } from 'mavlink-mappings/dist/lib/mavlink.js';
import { crcExtraOf } from '../crc-extra.ts';
import type { Component } from '../command.ts';
import type { Frame } from '../framer.ts';

/*
 * Messages of the events protocol (mavlink.io/en/services/events.html), which mavlink-mappings does
 * not define; layouts as PX4 v1.15 and v1.18 send them.
 */

const EVENT = { msgid: 410, bytes: 53, argumentsAt: 13 };
const CURRENT_SEQUENCE = { msgid: 411, bytes: 3 };
const REQUEST_EVENT = { msgid: 412, bytes: 6 };
const EVENT_ERROR = { msgid: 413, bytes: 7 };

/** Sequence numbers were begun anew. */
const FLAG_RESET = 1;

export interface VehicleEvent {
  /** Component id in the top byte, then PX4's number for the kind of event. */
  id: number;
  /** 16 bits, one more for each event of the component. */
  sequence: number;
  /** Since the vehicle's boot. */
  timeBootMs: number;
  /** For people: 0 emergency … 3 error, 4 warning, 6 info, 8 for machines only, 9 disabled. */
  level: number;
  /** 40 bytes; zeros cut off on the wire are put back. */
  arguments: Uint8Array;
}

type EventFrame = Pick<Frame, 'msgid' | 'payload'>;

const padded = ({ payload }: EventFrame, bytes: number): DataView => {
  const whole = new Uint8Array(bytes);
  whole.set(payload.subarray(0, bytes));
  return new DataView(whole.buffer);
};

/** EVENT; undefined for another message. */
export const eventOf = (frame: EventFrame): VehicleEvent | undefined => {
  if (frame.msgid !== EVENT.msgid) return undefined;
  const view = padded(frame, EVENT.bytes);
  return {
    id: view.getUint32(0, true),
    timeBootMs: view.getUint32(4, true),
    sequence: view.getUint16(8, true),
    level: view.getUint8(12) & 0x0f,
    arguments: new Uint8Array(view.buffer, EVENT.argumentsAt),
  };
};

/** CURRENT_EVENT_SEQUENCE: the newest event's number; undefined for another message. */
export const currentSequenceOf = (
  frame: EventFrame,
): { sequence: number; reset: boolean } | undefined => {
  if (frame.msgid !== CURRENT_SEQUENCE.msgid) return undefined;
  const view = padded(frame, CURRENT_SEQUENCE.bytes);
  return { sequence: view.getUint16(0, true), reset: (view.getUint8(2) & FLAG_RESET) !== 0 };
};

/** RESPONSE_EVENT_ERROR: an event that was asked for is gone; undefined for another message. */
export const eventErrorOf = (
  frame: EventFrame,
): { sequence: number; oldest: number; target: Component } | undefined => {
  if (frame.msgid !== EVENT_ERROR.msgid) return undefined;
  const view = padded(frame, EVENT_ERROR.bytes);
  return {
    sequence: view.getUint16(0, true),
    oldest: view.getUint16(2, true),
    target: { sysid: view.getUint8(4), compid: view.getUint8(5) },
  };
};

class RequestEvent extends MavLinkData {
  static override readonly MSG_ID = REQUEST_EVENT.msgid;
  static override readonly MSG_NAME = 'REQUEST_EVENT';
  static override readonly PAYLOAD_LENGTH = REQUEST_EVENT.bytes;
  static override readonly MAGIC_NUMBER = crcExtraOf(REQUEST_EVENT.msgid)!;
  static override readonly FIELDS = [
    new MavLinkPacketField('first_sequence', 'firstSequence', 0, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('last_sequence', 'lastSequence', 2, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('target_system', 'targetSystem', 4, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('target_component', 'targetComponent', 5, false, 1, 'uint8_t', ''),
  ];
  firstSequence = 0;
  lastSequence = 0;
  targetSystem = 0;
  targetComponent = 0;
}

/** Asks for the events from `first` to `last`, both included. */
export const requestEventMessage = (
  target: Component,
  first: number,
  last: number,
): MavLinkData => {
  const message = new RequestEvent();
  message.firstSequence = first;
  message.lastSequence = last;
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  return message;
};
