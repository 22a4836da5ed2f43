import { MavParamType, ParamSet, type ParamValue } from 'mavlink-mappings/dist/lib/common.js';
import type { Component } from '#protocols/mavlink/command.ts';

/** PX4 answers a PARAM_SET within some 20 ms and drops what it does not know. */
const RETRY_MS = 300;
const ATTEMPTS = 5;

/** PX4 takes a parameter over only a moment after its echo (a take-off 150 ms later used the old height). */
const SETTLE_MS = 500;

export interface Parameter {
  name: string;
  type: 'int32' | 'float';
  value: number;
}

/** Values travel in a float field; an int32 is that field's bytes (MAVLink parameter protocol, PX4's way). */
const encoded = ({ type, value }: Parameter): number => {
  if (type === 'float') return Math.fround(value);
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, value, true);
  return view.getFloat32(0, true);
};

export type ParameterProgress = 'busy' | 'settled' | { failed: string };

/** Sets parameters one after the other and believes only the echo. */
export class ParameterSetter {
  readonly #target: Component;
  #wanted: Parameter[] = [];
  #index = 0;
  #attempts = 0;
  #sentMs = Number.NEGATIVE_INFINITY;
  #echoMs = Number.NEGATIVE_INFINITY;

  constructor(target: Component) {
    this.#target = target;
  }

  start(parameters: readonly Parameter[]): void {
    this.#wanted = [...parameters];
    this.#index = 0;
    this.#attempts = 0;
    this.#sentMs = Number.NEGATIVE_INFINITY;
  }

  /** Takes a PARAM_VALUE: the echo that matches goes on to the next parameter. */
  echo(message: ParamValue, nowMs: number): void {
    const wanted = this.#wanted[this.#index];
    if (wanted === undefined || nameIn(message.paramId) !== wanted.name) return;
    // Compared as numbers, and NaN with NaN: an int32's bytes may well read as one.
    if (!Object.is(message.paramValue, encoded(wanted))) return;
    this.#index += 1;
    this.#attempts = 0;
    this.#sentMs = Number.NEGATIVE_INFINITY;
    this.#echoMs = nowMs;
  }

  progress(nowMs: number): ParameterProgress {
    const wanted = this.#wanted[this.#index];
    if (wanted === undefined) return nowMs - this.#echoMs >= SETTLE_MS ? 'settled' : 'busy';
    const silent = nowMs - this.#sentMs >= RETRY_MS;
    return this.#attempts >= ATTEMPTS && silent ? { failed: wanted.name } : 'busy';
  }

  /** The PARAM_SET to send now, if any. */
  tick(nowMs: number): ParamSet | undefined {
    const wanted = this.#wanted[this.#index];
    if (wanted === undefined || this.#attempts >= ATTEMPTS) return undefined;
    if (nowMs - this.#sentMs < RETRY_MS) return undefined;
    this.#attempts += 1;
    this.#sentMs = nowMs;
    const message = new ParamSet();
    message.targetSystem = this.#target.sysid;
    message.targetComponent = this.#target.compid;
    message.paramId = wanted.name;
    message.paramType = wanted.type === 'int32' ? MavParamType.INT32 : MavParamType.REAL32;
    message.paramValue = encoded(wanted);
    return message;
  }
}

/** Sixteen bytes, ended by a zero only when shorter. */
const nameIn = (field: string): string => {
  const end = field.indexOf('\0');
  return end < 0 ? field : field.slice(0, end);
};
