import { MavParamType, ParamValue } from 'mavlink-mappings/dist/lib/common.js';
import {
  isParameterName,
  parameterNames,
  type ParameterName,
  type Parameters,
} from './parameters.ts';
import type { Profile } from './parameters.ts';

/** PX4 sends its list at about a thousand a second: four to a 4 ms step. */
const LIST_BURST = 4;
const NO_INDEX = 65_535;
const HASH_NAME = '_HASH_CHECK';

const union = new DataView(new ArrayBuffer(4));

/** An int32 travels bytewise in the float field. */
const floatOfInt = (value: number): number => {
  union.setInt32(0, value);
  return union.getFloat32(0);
};

const intOfFloat = (value: number): number => {
  union.setFloat32(0, value);
  return union.getInt32(0);
};

/** PARAM_REQUEST_READ, _LIST and PARAM_SET as PX4 answers them. An unknown name gets no answer. */
export class ParameterService {
  readonly #parameters: Parameters;
  readonly #profile: Profile;
  #listNext = Number.POSITIVE_INFINITY;

  constructor(parameters: Parameters, profile: Profile) {
    this.#parameters = parameters;
    this.#profile = profile;
  }

  /** Begins to send the whole list, from the start if one is on its way. */
  list(): void {
    this.#listNext = 0;
  }

  /** Hands the next few of a list to `send`. */
  step(send: (message: ParamValue) => void): void {
    for (let burst = 0; burst < LIST_BURST && this.#listNext < parameterNames.length; burst += 1) {
      send(this.#valueOf(parameterNames[this.#listNext]!));
      this.#listNext += 1;
    }
  }

  /** @param index −1 means by name. */
  read(name: string, index: number): ParamValue | undefined {
    if (index < 0 && name === HASH_NAME) return this.#hash();
    const found = index >= 0 ? parameterNames[index] : name;
    return found !== undefined && isParameterName(found) ? this.#valueOf(found) : undefined;
  }

  /** The wrong type: 1.15 echoes the old value, 1.18 is silent. */
  set(name: string, value: number, type: number): ParamValue | undefined {
    if (!isParameterName(name)) return undefined;
    const isInt = this.#parameters.typeOf(name) === 'int32';
    if ((type === MavParamType.INT32) !== isInt) {
      return this.#profile === '1.15' ? this.#valueOf(name) : undefined;
    }
    const decoded = isInt ? intOfFloat(value) : value;
    if (Number.isFinite(decoded)) this.#parameters.set(name, decoded);
    return this.#valueOf(name);
  }

  #valueOf(name: ParameterName): ParamValue {
    const message = new ParamValue();
    const isInt = this.#parameters.typeOf(name) === 'int32';
    const value = this.#parameters.get(name);
    message.paramId = name;
    message.paramValue = isInt ? floatOfInt(value) : value;
    message.paramType = isInt ? MavParamType.INT32 : MavParamType.REAL32;
    message.paramCount = parameterNames.length;
    message.paramIndex = parameterNames.indexOf(name);
    return message;
  }

  #hash(): ParamValue {
    const message = new ParamValue();
    let hash = 0;
    for (const name of parameterNames) {
      union.setFloat32(0, this.#parameters.get(name));
      hash = (Math.imul(hash, 31) + union.getInt32(0)) & 0x7f7f_ffff;
    }
    message.paramId = HASH_NAME;
    message.paramValue = floatOfInt(hash);
    message.paramType = MavParamType.UINT32;
    message.paramCount = parameterNames.length;
    message.paramIndex = NO_INDEX;
    return message;
  }
}
