import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from './command.ts';
import {
  NO_PARAMETER_INDEX,
  parameterListMessage,
  parameterReadMessage,
  type Parameter,
  type ParameterReport,
  type ParameterTable,
} from './parameter-value.ts';

export interface ListLimits {
  /** Silence after which what is missing is asked for, and asked for again. */
  gapMs: number;
  /** So many gaps without a single new parameter, and the list is given up. */
  attempts: number;
  /** Missing parameters asked for at once. */
  window: number;
  /** Longest list accepted; PX4 has about 900. */
  maxCount: number;
  /** Times a list may change its length on the way before it is given up. */
  restarts: number;
}

export const DEFAULT_LIST_LIMITS: ListLimits = {
  gapMs: 400,
  attempts: 8,
  window: 12,
  maxCount: 8192,
  restarts: 4,
};

export interface ListProgress {
  received: number;
  /** 0 until the vehicle has said. */
  count: number;
}

export type ListEnd =
  | { result: 'complete'; table: ParameterTable }
  /** Some never came, by index; at most 16 are named. */
  | { result: 'incomplete'; table: ParameterTable; missing: readonly number[] }
  /** Not a single parameter came. */
  | { result: 'silent' }
  /** The vehicle says that it has more parameters than are accepted, or keeps changing their number. */
  | { result: 'refused'; why: string };

/**
 * One download of all parameters: PARAM_REQUEST_LIST, then PARAM_REQUEST_READ by index for what got
 * lost, a window of them at once. When the vehicle says another count than before, its indices have
 * moved (PX4 counts parameters as they come into use), so the list begins anew.
 */
export class ParameterList {
  readonly #target: Component;
  readonly #limits: ListLimits;
  readonly #byIndex = new Map<number, Parameter>();
  /** Index → when it was asked for. At most a window. */
  readonly #asked = new Map<number, number>();
  #count = 0;
  #burst = false;
  /** When the last new parameter came, or the whole list was asked for. */
  #newsMs = Number.NEGATIVE_INFINITY;
  #requests = 0;
  #restarts = 0;
  #end: ListEnd | undefined;

  constructor(target: Component, limits: ListLimits) {
    this.#target = target;
    this.#limits = limits;
  }

  get progress(): ListProgress {
    return { received: this.#byIndex.size, count: this.#count };
  }

  hear(report: ParameterReport, nowMs: number): void {
    const { name, type, value, index, count } = report;
    if (this.#end !== undefined || index === NO_PARAMETER_INDEX || index >= count) return;
    // Answers to requests by name come in between and count as well.
    if (count !== this.#count) this.#resize(count);
    this.#asked.delete(index);
    if (this.#byIndex.has(index)) return;
    this.#byIndex.set(index, { name, type, value });
    this.#newsMs = nowMs;
    if (this.#byIndex.size >= this.#count) this.#end = { result: 'complete', table: this.#table() };
  }

  /** Messages to send now, or how it ended. */
  tick(nowMs: number): MavLinkData[] | ListEnd {
    if (this.#end !== undefined) return this.#end;
    const { gapMs, attempts } = this.#limits;
    const quietMs = nowMs - this.#newsMs;
    if (this.#burst && quietMs < gapMs) return [];
    if (this.#byIndex.size > 0 && this.#requests > 0) {
      this.#burst = false;
      if (quietMs >= gapMs * attempts) return (this.#end = this.#giveUp());
      return this.#askMissing(nowMs);
    }
    if (this.#requests >= attempts) return (this.#end = { result: 'silent' });
    this.#requests += 1;
    this.#burst = true;
    this.#newsMs = nowMs;
    return [parameterListMessage(this.#target)];
  }

  #askMissing(nowMs: number): MavLinkData[] {
    for (const [index, askedMs] of this.#asked) {
      if (nowMs - askedMs >= this.#limits.gapMs) this.#asked.delete(index);
    }
    const room = this.#limits.window - this.#asked.size;
    const next = this.#missing(room);
    for (const index of next) this.#asked.set(index, nowMs);
    return next.map((index) => parameterReadMessage(this.#target, index));
  }

  #resize(count: number): void {
    if (this.#count !== 0) this.#restarts += 1;
    this.#count = count;
    if (count > this.#limits.maxCount) {
      const why = `it claims ${count} parameters, at most ${this.#limits.maxCount} are accepted`;
      this.#end = { result: 'refused', why };
    } else if (this.#restarts > this.#limits.restarts) {
      this.#end = { result: 'refused', why: 'the number of its parameters keeps changing' };
    } else {
      this.#byIndex.clear();
      this.#asked.clear();
      // What comes of the old burst may be numbered in the old way: ask for a new one.
      if (this.#restarts > 0) this.#requests = 0;
    }
  }

  #giveUp(): ListEnd {
    this.#asked.clear();
    return { result: 'incomplete', table: this.#table(), missing: this.#missing(16) };
  }

  /** Indices that are neither here nor asked for. */
  #missing(atMost: number): number[] {
    const missing: number[] = [];
    for (let index = 0; index < this.#count && missing.length < atMost; index += 1) {
      if (!this.#byIndex.has(index) && !this.#asked.has(index)) missing.push(index);
    }
    return missing;
  }

  #table(): ParameterTable {
    const sorted = [...this.#byIndex].sort(([one], [other]) => one - other);
    return new Map(sorted.map(([, parameter]) => [parameter.name, parameter]));
  }
}
