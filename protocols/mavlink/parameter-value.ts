import { ParamRequestList, ParamRequestRead, ParamSet } from 'mavlink-mappings/dist/lib/common.js';
import { MavLinkData, MavLinkPacketField } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from './command.ts';
import type { Frame } from './framer.ts';

/** Types whose values fit the message's four bytes; PX4 itself has int32 and float only. */
export type ParameterType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float';

export interface Parameter {
  /** 1 to 16 printable ASCII characters without a blank. */
  name: string;
  type: ParameterType;
  /** An integer in the type's range, or a number that a float32 holds exactly (NaN is possible). */
  value: number;
}

/** Parameters by name. */
export type ParameterTable = ReadonlyMap<string, Parameter>;

/** A parameter as the vehicle tells it. */
export interface ParameterReport extends Parameter {
  /** Its place in the vehicle's list; {@link NO_PARAMETER_INDEX} for what stands outside of it. */
  index: number;
  /** How long the list is. */
  count: number;
}

/** PX4 sends its `_HASH_CHECK`, which is no parameter, with this index. */
export const NO_PARAMETER_INDEX = 65_535;

/** MAV_PARAM_TYPE. */
const TYPE_CODES: Readonly<Record<ParameterType, number>> = {
  uint8: 1,
  int8: 2,
  uint16: 3,
  int16: 4,
  uint32: 5,
  int32: 6,
  float: 9,
};

const TYPES_BY_CODE: ReadonlyMap<number, ParameterType> = new Map(
  (Object.keys(TYPE_CODES) as ParameterType[]).map((type) => [TYPE_CODES[type], type]),
);

/** MAV_PARAM_TYPE's number. */
export const parameterTypeCodeOf = (type: ParameterType): number => TYPE_CODES[type];

/** Undefined for a number that names no type of four bytes or less. */
export const parameterTypeOf = (code: number): ParameterType | undefined => TYPES_BY_CODE.get(code);

const RANGES: Readonly<Record<Exclude<ParameterType, 'float'>, readonly [number, number]>> = {
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
};

/**
 * What is wrong with a value for its type, in words; undefined when nothing is. A float may not be
 * NaN or infinite: PX4 would take it without a word.
 */
export const valueProblem = (type: ParameterType, value: number): string | undefined => {
  if (!Number.isFinite(value)) return 'is not a finite number';
  if (type === 'float') {
    return Number.isFinite(Math.fround(value)) ? undefined : 'is too large for a float';
  }
  const [least, most] = RANGES[type];
  if (!Number.isInteger(value)) return `is not whole, and the parameter is ${type}`;
  return value >= least && value <= most ? undefined : `lies outside ${type}`;
};

/** The value as the vehicle holds it: rounded to a float32 where the type is float. */
export const heldValue = (type: ParameterType, value: number): number =>
  type === 'float' ? Math.fround(value) : value;

/** Equality as a vehicle has it: NaN equals NaN, and 0 equals −0. */
export const sameValue = (one: number, other: number): boolean =>
  one === other || (Number.isNaN(one) && Number.isNaN(other));

/**
 * The bytes of a value, little-endian from byte 0, the rest zero: "bytewise" encoding, PX4's
 * (mavlink.io/en/services/parameter.html). Integers never pass through a float: JavaScript may
 * rewrite a NaN's bits on the way, and every int32 of 0x7f80_0001 and up reads as one.
 */
const writeValue = (view: DataView, type: ParameterType, value: number): void => {
  if (type === 'float') view.setFloat32(0, value, true);
  else if (type === 'int32' || type === 'uint32') view.setInt32(0, value | 0, true);
  else if (type === 'int16' || type === 'uint16') view.setInt16(0, value, true);
  else view.setInt8(0, value);
};

const READERS: Readonly<Record<ParameterType, (view: DataView) => number>> = {
  uint8: (view) => view.getUint8(0),
  int8: (view) => view.getInt8(0),
  uint16: (view) => view.getUint16(0, true),
  int16: (view) => view.getInt16(0, true),
  uint32: (view) => view.getUint32(0, true),
  int32: (view) => view.getInt32(0, true),
  float: (view) => view.getFloat32(0, true),
};

const PARAM_VALUE = { msgid: 22, bytes: 25, countAt: 4, indexAt: 6, nameAt: 8, typeAt: 24 };
const NAME_BYTES = 16;

/**
 * What a PARAM_VALUE says, read from the raw payload; undefined for another message, an unknown
 * type, or a name that no parameter can have. The value is hostile still: a float may be NaN.
 */
export const parameterReportOf = (
  frame: Pick<Frame, 'msgid' | 'payload'>,
): ParameterReport | undefined => {
  if (frame.msgid !== PARAM_VALUE.msgid) return undefined;
  const bytes = new Uint8Array(PARAM_VALUE.bytes);
  bytes.set(frame.payload.subarray(0, bytes.length));
  const view = new DataView(bytes.buffer);
  const type = parameterTypeOf(bytes[PARAM_VALUE.typeAt]!);
  const name = nameIn(bytes.subarray(PARAM_VALUE.nameAt, PARAM_VALUE.nameAt + NAME_BYTES));
  if (type === undefined || name === undefined) return undefined;
  return {
    name,
    type,
    value: READERS[type](view),
    index: view.getUint16(PARAM_VALUE.indexAt, true),
    count: view.getUint16(PARAM_VALUE.countAt, true),
  };
};

/** Whether a parameter can be called so: 1 to 16 printable ASCII characters, no blank. */
export const isParameterName = (name: string): boolean => /^[!-~]{1,16}$/u.test(name);

/** Sixteen bytes, ended by a zero only when shorter. */
const nameIn = (bytes: Uint8Array): string | undefined => {
  const end = bytes.indexOf(0);
  const name = String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
  return isParameterName(name) ? name : undefined;
};

/** PARAM_SET with the value's four bytes as an integer, so that they reach the wire as they are. */
class ParamSetBytes extends MavLinkData {
  static override readonly MSG_ID = ParamSet.MSG_ID;
  static override readonly MSG_NAME = ParamSet.MSG_NAME;
  static override readonly PAYLOAD_LENGTH = ParamSet.PAYLOAD_LENGTH;
  static override readonly MAGIC_NUMBER = ParamSet.MAGIC_NUMBER;
  static override readonly FIELDS = ParamSet.FIELDS.map((field) =>
    field.name === 'paramValue'
      ? new MavLinkPacketField('param_value', 'valueBits', 0, false, 4, 'uint32_t', '')
      : field,
  );
  targetSystem = 0;
  targetComponent = 0;
  paramId = '';
  valueBits = 0;
  paramType = 0;
}

/** PARAM_SET for the vehicle. The value must fit its type ({@link valueProblem}). */
export const parameterSetMessage = (target: Component, parameter: Parameter): MavLinkData => {
  const view = new DataView(new ArrayBuffer(4));
  writeValue(view, parameter.type, parameter.value);
  const message = new ParamSetBytes();
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  message.paramId = parameter.name;
  message.valueBits = view.getUint32(0, true);
  message.paramType = TYPE_CODES[parameter.type];
  return message;
};

/** PARAM_REQUEST_READ by name, or by index when a number is given. */
export const parameterReadMessage = (target: Component, which: string | number): MavLinkData => {
  const message = new ParamRequestRead();
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  message.paramId = typeof which === 'string' ? which : '';
  message.paramIndex = typeof which === 'string' ? -1 : which;
  return message;
};

export const parameterListMessage = (target: Component): MavLinkData => {
  const message = new ParamRequestList();
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  return message;
};
