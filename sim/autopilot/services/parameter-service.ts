import {
  MavParamType,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { IntegerParamValue, ParamError } from '../messages/parameter-messages.ts';
import { parameterHash } from '../parameter-hash.ts';
import type { Parameters } from '../parameters.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** PX4 sends its list at about a thousand a second: four to a 4 ms step. */
const LIST_BURST = 4;
/** In the list's counting: its head, the hash, which has no index. */
const HASH_PLACE = -1;
const HASH_NAME = '_HASH_CHECK';
const NO_INDEX = 65_535;
/** A change is told to everyone this long after it was made (recordings: 10–20 ms). */
const UPDATE_MS = 12;
/** PX4 writes changes to storage this long after the last one. */
const SAVE_MS = 300;

/** MAV_PARAM_ERROR. */
const DOES_NOT_EXIST = 1;
const TYPE_MISMATCH = 7;

/**
 * PARAM_REQUEST_LIST, PARAM_REQUEST_READ and PARAM_SET as PX4 answers them. Of a name that it does not
 * know, v1.15 says nothing and v1.18 PARAM_ERROR; to a wrong type v1.15 echoes the old value.
 */
export class ParameterService implements MessageService {
  readonly #context: ServiceContext;
  readonly #parameters: Parameters;
  #listNext = Number.POSITIVE_INFINITY;
  #revision: number;
  #updateDueMs = Number.POSITIVE_INFINITY;
  #saveDueMs = Number.POSITIVE_INFINITY;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#parameters = context.instruments.autopilot.situation.parameters;
    this.#revision = this.#parameters.revision;
  }

  receive(message: MavLinkData | undefined, frame: Frame): boolean {
    const { sysid } = this.#context;
    if (message instanceof ParamRequestList) {
      if (isFor(sysid, message)) this.#list();
    } else if (message instanceof ParamRequestRead) {
      if (isFor(sysid, message)) this.#read(message.paramId, message.paramIndex, frame);
    } else if (message instanceof ParamSet) {
      if (isFor(sysid, message)) this.#set(message.paramId, message.paramType, frame);
    } else {
      return false;
    }
    return true;
  }

  step(nowMs: number): void {
    this.#tellChanges(nowMs);
    const { names } = this.#parameters;
    for (let burst = 0; burst < LIST_BURST && this.#listNext < names.length; burst += 1) {
      if (this.#listNext === HASH_PLACE) this.#sendHash();
      else this.#sendValue(names[this.#listNext]!);
      this.#listNext += 1;
    }
  }

  /** A list that is asked for while one is on its way begins again, without the hash. */
  #list(): void {
    this.#listNext = this.#listNext < this.#parameters.names.length ? 0 : HASH_PLACE;
  }

  /** @param index −1 means by name. */
  #read(name: string, index: number, frame: Frame): void {
    if (index < 0 && name === HASH_NAME) {
      this.#sendHash();
      return;
    }
    const found = index < 0 ? name : this.#parameters.names[index];
    if (found !== undefined && this.#parameters.has(found)) this.#sendValue(found);
    else this.#refuse(name, DOES_NOT_EXIST, frame);
  }

  #set(name: string, type: number, frame: Frame): void {
    if (name === HASH_NAME) {
      // The client knows the list already.
      this.#listNext = Number.POSITIVE_INFINITY;
      return;
    }
    const own = this.#parameters.typeOf(name);
    if (own === undefined) {
      this.#refuse(name, DOES_NOT_EXIST, frame);
      return;
    }
    if ((type === MavParamType.INT32) !== (own === 'int32')) {
      if (this.#parameters.profile === '1.15') this.#sendValue(name);
      else this.#refuse(name, TYPE_MISMATCH, frame);
      return;
    }
    const bytes = new DataView(new ArrayBuffer(4));
    for (let at = 0; at < 4; at += 1) bytes.setUint8(at, frame.payload[at] ?? 0);
    const value = own === 'int32' ? bytes.getInt32(0, true) : bytes.getFloat32(0, true);
    if (Number.isFinite(value)) this.#parameters.set(name, value);
    this.#sendValue(name);
  }

  /** Every link hears of every change, whoever made it. */
  #tellChanges(nowMs: number): void {
    const { revision, unsaved } = this.#parameters;
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#updateDueMs = Math.min(this.#updateDueMs, nowMs + UPDATE_MS);
      this.#saveDueMs = nowMs + SAVE_MS;
    }
    if (nowMs >= this.#updateDueMs) {
      this.#updateDueMs = Number.POSITIVE_INFINITY;
      for (const name of [...unsaved].sort()) this.#sendValue(name);
    }
    if (nowMs >= this.#saveDueMs) {
      this.#saveDueMs = Number.POSITIVE_INFINITY;
      unsaved.clear();
    }
  }

  #sendValue(name: string): void {
    const parameters = this.#parameters;
    const isInteger = parameters.typeOf(name) === 'int32';
    const message = isInteger ? new IntegerParamValue() : new ParamValue();
    message.paramId = name;
    message.paramValue = parameters.find(name)!;
    message.paramType = isInteger ? MavParamType.INT32 : MavParamType.REAL32;
    message.paramCount = parameters.names.length;
    message.paramIndex = parameters.indexOf(name)!;
    this.#context.send(message);
  }

  #sendHash(): void {
    const message = new IntegerParamValue();
    message.paramId = HASH_NAME;
    message.paramValue = parameterHash(this.#parameters) | 0;
    message.paramType = MavParamType.UINT32;
    message.paramCount = this.#parameters.names.length;
    message.paramIndex = NO_INDEX;
    this.#context.send(message);
  }

  #refuse(name: string, error: number, { sysid, compid }: Frame): void {
    if (this.#parameters.profile === '1.15') return;
    const message = new ParamError();
    message.targetSystem = sysid;
    message.targetComponent = compid;
    message.paramId = name;
    message.paramIndex = -1;
    message.error = error;
    this.#context.send(message);
  }
}
