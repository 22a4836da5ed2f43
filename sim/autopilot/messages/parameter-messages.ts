import { ParamValue } from 'mavlink-mappings/dist/lib/common.js';
import { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { defineFields, payloadLength } from './define-fields.ts';

const INTEGER_VALUE_FIELDS = defineFields([
  ['paramValue', 'int32_t'],
  ['paramCount', 'uint16_t'],
  ['paramIndex', 'uint16_t'],
  ['paramId', 'char', 16],
  ['paramType', 'uint8_t'],
]);

/**
 * PARAM_VALUE whose four bytes are an int32: through a float, JavaScript could rewrite the bits of
 * what reads as NaN (−1, for one).
 */
export class IntegerParamValue extends MavLinkData {
  static override MSG_ID = ParamValue.MSG_ID;
  static override MSG_NAME = ParamValue.MSG_NAME;
  static override MAGIC_NUMBER = ParamValue.MAGIC_NUMBER;
  static override PAYLOAD_LENGTH = payloadLength(INTEGER_VALUE_FIELDS);
  static override FIELDS = INTEGER_VALUE_FIELDS;
  paramValue = 0;
  paramCount = 0;
  paramIndex = 0;
  paramId = '';
  paramType = 0;
}

const ERROR_FIELDS = defineFields([
  ['paramIndex', 'int16_t'],
  ['targetSystem', 'uint8_t'],
  ['targetComponent', 'uint8_t'],
  ['paramId', 'char', 16],
  ['error', 'uint8_t'],
]);

/** PARAM_ERROR, which v1.18 answers a request with that it cannot follow. */
export class ParamError extends MavLinkData {
  static override MSG_ID = 345;
  static override MSG_NAME = 'PARAM_ERROR';
  static override MAGIC_NUMBER = 209;
  static override PAYLOAD_LENGTH = payloadLength(ERROR_FIELDS);
  static override FIELDS = ERROR_FIELDS;
  paramIndex = 0;
  targetSystem = 0;
  targetComponent = 0;
  paramId = '';
  error = 0;
}
