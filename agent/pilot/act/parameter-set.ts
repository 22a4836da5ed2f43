import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from '#protocols/mavlink/command.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { ParameterClient, type ParameterOutcome } from '#protocols/mavlink/parameter-client.ts';

/** PX4 takes a parameter over only a moment after its echo (a take-off 150 ms later used the old height). */
const SETTLE_MS = 500;

/** A parameter as it must be before a take-off. */
export interface WantedParameter {
  name: string;
  value: number;
}

export type ParameterProgress = 'busy' | 'settled' | { failed: string };

/** Sets a group of parameters, and is settled once all are read back and had time to act. */
export class ParameterSetter {
  readonly #client: ParameterClient;
  readonly #open = new Set<number>();
  #failed: string | undefined;
  #doneMs = Number.NEGATIVE_INFINITY;

  constructor(target: Component) {
    this.#client = new ParameterClient(target);
  }

  /** Begins anew; what was still under way is given up. */
  start(wanted: readonly WantedParameter[]): void {
    this.#client.forget();
    this.#open.clear();
    this.#failed = undefined;
    for (const { name, value } of wanted) {
      const id = this.#client.set(name, value);
      if (id === undefined) this.#failed ??= `${name} not taken`;
      else this.#open.add(id);
    }
  }

  /** Sends nothing more. */
  stop(): void {
    this.#client.forget();
    this.#open.clear();
  }

  /** Nothing is under way. */
  get idle(): boolean {
    return !this.#client.busy;
  }

  hear(frame: Frame, nowMs: number): void {
    this.#client.hear(frame, nowMs);
  }

  progress(nowMs: number): ParameterProgress {
    if (this.#failed !== undefined) return { failed: this.#failed };
    return this.#open.size === 0 && nowMs - this.#doneMs >= SETTLE_MS ? 'settled' : 'busy';
  }

  /** Messages to send now. */
  tick(nowMs: number): MavLinkData[] {
    const { send, outcomes } = this.#client.tick(nowMs);
    for (const outcome of outcomes) {
      if (!this.#open.delete(outcome.id)) continue;
      this.#failed ??= failureOf(outcome);
      // What was there already has long been acting.
      if (outcome.result !== 'unchanged') this.#doneMs = nowMs;
    }
    return send;
  }
}

const failureOf = (outcome: ParameterOutcome): string | undefined => {
  switch (outcome.result) {
    case 'set':
    case 'unchanged':
      return undefined;
    case 'missing':
      return `${outcome.name} missing in this version of the autopilot`;
    case 'unfit':
      return `${outcome.name} ${outcome.why}`;
    default:
      return `${outcome.name} not taken`;
  }
};
