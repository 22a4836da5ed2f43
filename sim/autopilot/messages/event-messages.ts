import { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { ARGUMENT_BYTES } from '../events/raised-event.ts';
import { defineFields, payloadLength } from './define-fields.ts';

const EVENT_FIELDS = defineFields([
  ['id', 'uint32_t'],
  ['eventTimeBootMs', 'uint32_t'],
  ['sequence', 'uint16_t'],
  ['destinationComponent', 'uint8_t'],
  ['destinationSystem', 'uint8_t'],
  ['logLevels', 'uint8_t'],
  ['arguments', 'uint8_t', ARGUMENT_BYTES],
]);

/** EVENT, for everybody. */
export class EventMessage extends MavLinkData {
  static override MSG_ID = 410;
  static override MSG_NAME = 'EVENT';
  static override MAGIC_NUMBER = 160;
  static override PAYLOAD_LENGTH = payloadLength(EVENT_FIELDS);
  static override FIELDS = EVENT_FIELDS;
  id = 0;
  eventTimeBootMs = 0;
  sequence = 0;
  destinationComponent = 0;
  destinationSystem = 0;
  logLevels = 0;
  arguments: Uint8Array = new Uint8Array(ARGUMENT_BYTES);
}

const CURRENT_FIELDS = defineFields([
  ['sequence', 'uint16_t'],
  ['flags', 'uint8_t'],
]);

/** CURRENT_EVENT_SEQUENCE: the newest event's number, so that the loss of the last one shows. */
export class CurrentEventSequence extends MavLinkData {
  static override MSG_ID = 411;
  static override MSG_NAME = 'CURRENT_EVENT_SEQUENCE';
  static override MAGIC_NUMBER = 106;
  static override PAYLOAD_LENGTH = payloadLength(CURRENT_FIELDS);
  static override FIELDS = CURRENT_FIELDS;
  sequence = 0;
  flags = 0;
}

const ERROR_FIELDS = defineFields([
  ['sequence', 'uint16_t'],
  ['sequenceOldestAvailable', 'uint16_t'],
  ['targetSystem', 'uint8_t'],
  ['targetComponent', 'uint8_t'],
  ['reason', 'uint8_t'],
]);

/** RESPONSE_EVENT_ERROR: an event that was asked for is no longer there. */
export class ResponseEventError extends MavLinkData {
  static override MSG_ID = 413;
  static override MSG_NAME = 'RESPONSE_EVENT_ERROR';
  static override MAGIC_NUMBER = 77;
  static override PAYLOAD_LENGTH = payloadLength(ERROR_FIELDS);
  static override FIELDS = ERROR_FIELDS;
  sequence = 0;
  sequenceOldestAvailable = 0;
  targetSystem = 0;
  targetComponent = 0;
  reason = 0;
}
