import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from './command.ts';
import type { Frame } from './framer.ts';
import {
  DEFAULT_ACCESS_LIMITS,
  ParameterAccess,
  type AccessEnd,
  type AccessLimits,
} from './parameter-access.ts';
import {
  DEFAULT_LIST_LIMITS,
  ParameterList,
  type ListEnd,
  type ListLimits,
  type ListProgress,
} from './parameter-list.ts';
import { isParameterName, parameterReportOf } from './parameter-value.ts';

export interface ParameterLimits extends AccessLimits {
  list: ListLimits;
  /** Parameters read or written at once. */
  inFlight: number;
  /** Requests that may wait, be under way, or have an outcome that nobody took. */
  capacity: number;
}

/** How a request ended; `id` is what the request returned. */
export type ParameterOutcome = { id: number; name: string } & AccessEnd;
export type ParameterListOutcome = { id: number } & ListEnd;

export interface ParameterTick {
  /** To be encoded and sent now, in this order. */
  send: MavLinkData[];
  outcomes: ParameterOutcome[];
  lists: ParameterListOutcome[];
}

/**
 * PX4's parameters over MAVLink (mavlink.io/en/services/parameter.html), without I/O: hand in
 * every frame of the vehicle and call {@link ParameterClient.tick} with the time. One request on
 * a name at a time, several names at once; a list may run beside them.
 */
export class ParameterClient {
  readonly #target: Component;
  readonly #limits: ParameterLimits;
  readonly #queue: { id: number; access: ParameterAccess }[] = [];
  /** By name. */
  readonly #flying = new Map<string, { id: number; access: ParameterAccess }>();
  #list: { id: number; list: ParameterList } | undefined;
  #nextId = 1;

  constructor(target: Component, limits: Partial<ParameterLimits> = {}) {
    this.#target = target;
    this.#limits = {
      ...DEFAULT_ACCESS_LIMITS,
      list: DEFAULT_LIST_LIMITS,
      inFlight: 8,
      capacity: 4096,
      ...limits,
    };
  }

  /** How far the list is; undefined when none is under way. */
  get listProgress(): ListProgress | undefined {
    return this.#list?.list.progress;
  }

  get busy(): boolean {
    return this.#list !== undefined || this.#flying.size + this.#queue.length > 0;
  }

  /** Asks for all parameters; while a list is under way, that one's id. */
  list(): number {
    if (this.#list === undefined) {
      const list = new ParameterList(this.#target, this.#limits.list);
      this.#list = { id: this.#takeId(), list };
    }
    return this.#list.id;
  }

  /** Undefined when the queue is full, or when no parameter can have the name. */
  get(name: string): number | undefined {
    return this.#request(name);
  }

  /** Sets a parameter, whatever type the vehicle has it in. Undefined as {@link ParameterClient.get}. */
  set(name: string, value: number): number | undefined {
    return this.#request(name, value);
  }

  /** Gives up everything; no outcome follows. */
  forget(): void {
    this.#queue.length = 0;
    this.#flying.clear();
    this.#list = undefined;
  }

  /** Takes a frame; one from anybody but the vehicle is ignored. */
  hear(frame: Pick<Frame, 'sysid' | 'compid' | 'msgid' | 'payload'>, nowMs: number): void {
    if (this.#list === undefined && this.#flying.size === 0) return;
    if (frame.sysid !== this.#target.sysid || frame.compid !== this.#target.compid) return;
    for (const { access } of this.#flying.values()) access.alive();
    const report = parameterReportOf(frame);
    if (report === undefined) return;
    this.#list?.list.hear(report, nowMs);
    const { name, type, value } = report;
    this.#flying.get(name)?.access.hear({ name, type, value });
  }

  tick(nowMs: number): ParameterTick {
    const tick: ParameterTick = { send: [], outcomes: [], lists: [] };
    this.#tickList(tick, nowMs);
    for (const [name, { id, access }] of this.#flying) {
      const next = access.tick(nowMs);
      if (next === undefined) continue;
      if ('result' in next) {
        this.#flying.delete(name);
        tick.outcomes.push({ id, name, ...next });
      } else tick.send.push(next);
    }
    this.#launch(tick, nowMs);
    return tick;
  }

  #tickList(tick: ParameterTick, nowMs: number): void {
    if (this.#list === undefined) return;
    const { id, list } = this.#list;
    const next = list.tick(nowMs);
    if (Array.isArray(next)) {
      tick.send.push(...next);
      return;
    }
    this.#list = undefined;
    tick.lists.push({ id, ...next });
  }

  #launch(tick: ParameterTick, nowMs: number): void {
    for (let index = 0; index < this.#queue.length;) {
      if (this.#flying.size >= this.#limits.inFlight) return;
      const waiting = this.#queue[index]!;
      if (this.#flying.has(waiting.access.name)) {
        index += 1;
        continue;
      }
      this.#queue.splice(index, 1);
      this.#flying.set(waiting.access.name, waiting);
      const first = waiting.access.tick(nowMs);
      if (first !== undefined && !('result' in first)) tick.send.push(first);
    }
  }

  #request(name: string, wanted?: number): number | undefined {
    const held = this.#queue.length + this.#flying.size;
    if (held >= this.#limits.capacity || !isParameterName(name)) return undefined;
    const id = this.#takeId();
    const access = new ParameterAccess(this.#target, this.#limits, name, wanted);
    this.#queue.push({ id, access });
    return id;
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }
}
