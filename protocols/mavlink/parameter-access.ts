import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from './command.ts';
import {
  heldValue,
  parameterReadMessage,
  parameterSetMessage,
  sameValue,
  valueProblem,
  type Parameter,
} from './parameter-value.ts';

export interface AccessLimits {
  /** Silence after which a request is sent again. PX4 answers within 1 ms on loopback. */
  answerTimeoutMs: number;
  /** Sends of one request in all. */
  attempts: number;
  /** Times a value is written before the vehicle counts as unwilling. */
  writes: number;
}

export const DEFAULT_ACCESS_LIMITS: AccessLimits = {
  answerTimeoutMs: 250,
  attempts: 4,
  writes: 3,
};

export type AccessEnd =
  | { result: 'value'; parameter: Parameter }
  /** Written, echoed, and read back the same. */
  | { result: 'set'; parameter: Parameter; before: number }
  /** The vehicle had this value already: nothing was written. */
  | { result: 'unchanged'; parameter: Parameter }
  /** This version of the autopilot has no such parameter: it answers other things, but not this. */
  | { result: 'missing' }
  /** The value does not fit the type that the vehicle says. Nothing was written. */
  | { result: 'unfit'; parameter: Parameter; why: string }
  /** The vehicle keeps another value. */
  | { result: 'refused'; parameter: Parameter }
  /** Nothing at all was heard from the vehicle. */
  | { result: 'silent' };

type Phase = 'reading' | 'writing' | 'verifying';

/**
 * One parameter read, or set: read (for its type), written, and read back. An echo alone is no
 * proof: PX4 1.15 echoes the old value for a wrong type, and another station's answer may come
 * in between.
 */
export class ParameterAccess {
  readonly name: string;
  readonly #target: Component;
  readonly #limits: AccessLimits;
  readonly #wanted: number | undefined;
  #phase: Phase = 'reading';
  #held: Parameter | undefined;
  #before = Number.NaN;
  #attempts = 0;
  #writes = 0;
  #sentMs = Number.NEGATIVE_INFINITY;
  #vehicleHeard = false;
  #end: AccessEnd | undefined;

  /** @param wanted the value to set; undefined only reads. */
  constructor(target: Component, limits: AccessLimits, name: string, wanted?: number) {
    this.name = name;
    this.#target = target;
    this.#limits = limits;
    this.#wanted = wanted;
  }

  /** Any frame of the vehicle came: it is not for a dead link that the answer stays away. */
  alive(): void {
    if (this.#attempts > 0) this.#vehicleHeard = true;
  }

  hear(parameter: Parameter): void {
    if (this.#attempts === 0 || this.#end !== undefined || parameter.name !== this.name) return;
    if (this.#phase === 'reading') this.#begin(parameter);
    else if (this.#phase === 'writing') this.#enter('verifying');
    else this.#verify(parameter);
  }

  /** The message to send now, if any, or how it ended. */
  tick(nowMs: number): MavLinkData | AccessEnd | undefined {
    if (this.#end !== undefined) return this.#end;
    if (nowMs - this.#sentMs < this.#limits.answerTimeoutMs) return undefined;
    if (this.#attempts >= this.#limits.attempts) {
      // A write that is not answered may have been taken all the same, and is refused by silence too.
      if (this.#phase !== 'writing') return (this.#end = this.#unanswered());
      this.#enter('verifying');
    }
    this.#attempts += 1;
    this.#sentMs = nowMs;
    return this.#phase === 'writing'
      ? parameterSetMessage(this.#target, { ...this.#held!, value: this.#wanted! })
      : parameterReadMessage(this.#target, this.name);
  }

  #begin(parameter: Parameter): void {
    this.#held = parameter;
    this.#before = parameter.value;
    if (this.#wanted === undefined) {
      this.#end = { result: 'value', parameter };
      return;
    }
    const problem = valueProblem(parameter.type, this.#wanted);
    if (problem !== undefined) this.#end = { result: 'unfit', parameter, why: problem };
    else if (this.#isWanted(parameter)) this.#end = { result: 'unchanged', parameter };
    else this.#write();
  }

  #verify(parameter: Parameter): void {
    this.#held = parameter;
    if (this.#isWanted(parameter)) {
      this.#end = { result: 'set', parameter, before: this.#before };
    } else if (this.#writes >= this.#limits.writes) {
      this.#end = { result: 'refused', parameter };
    } else this.#write();
  }

  #write(): void {
    this.#writes += 1;
    this.#enter('writing');
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#attempts = 0;
    this.#sentMs = Number.NEGATIVE_INFINITY;
  }

  #isWanted({ type, value }: Parameter): boolean {
    return sameValue(value, heldValue(type, this.#wanted!));
  }

  #unanswered(): AccessEnd {
    if (!this.#vehicleHeard) return { result: 'silent' };
    return this.#held === undefined
      ? { result: 'missing' }
      : { result: 'refused', parameter: this.#held };
  }
}
