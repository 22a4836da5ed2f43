import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from '#protocols/mavlink/command.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { ParameterClient } from '#protocols/mavlink/parameter-client.ts';
import type { ParameterReading, ParameterReadings } from '../preflight/input.ts';

/** Read at once: PX4 answers each in a millisecond, and a slow serial line still carries so many. */
const IN_FLIGHT = 16;

/** busy · what was read · the vehicle answered nothing at all. */
export type ReadProgress = 'busy' | ParameterReadings | 'silent';

/** Reads a group of parameters, never from memory: between two flights anybody may have changed them. */
export class ParameterReader {
  readonly #client: ParameterClient;
  readonly #open = new Set<number>();
  #readings = new Map<string, ParameterReading>();
  #silent = false;

  constructor(target: Component) {
    this.#client = new ParameterClient(target, { inFlight: IN_FLIGHT });
  }

  /** Begins anew; what was still under way is given up. */
  start(names: readonly string[]): void {
    this.#client.forget();
    this.#open.clear();
    this.#readings = new Map();
    this.#silent = false;
    for (const name of names) {
      const id = this.#client.get(name);
      if (id !== undefined) this.#open.add(id);
    }
  }

  /** Nothing is under way. */
  get idle(): boolean {
    return this.#open.size === 0;
  }

  hear(frame: Frame, nowMs: number): void {
    if (this.#open.size > 0) this.#client.hear(frame, nowMs);
  }

  get progress(): ReadProgress {
    if (this.#silent) return 'silent';
    return this.#open.size > 0 ? 'busy' : this.#readings;
  }

  /** Messages to send now. */
  tick(nowMs: number): MavLinkData[] {
    if (this.#open.size === 0) return [];
    const { send, outcomes } = this.#client.tick(nowMs);
    for (const outcome of outcomes) {
      if (!this.#open.delete(outcome.id)) continue;
      if (outcome.result === 'value') this.#readings.set(outcome.name, outcome.parameter.value);
      else if (outcome.result === 'silent') this.#silent = true;
      else this.#readings.set(outcome.name, 'missing');
    }
    return send;
  }
}
