import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Component } from '../command.ts';
import type { Frame } from '../framer.ts';
import {
  currentSequenceOf,
  eventErrorOf,
  eventOf,
  requestEventMessage,
  type VehicleEvent,
} from './event-message.ts';

/** Events that may wait for an earlier one. PX4 keeps the last 20 or so to be asked for. */
const MAX_AHEAD = 64;
const RETRY_MS = 250;
const ATTEMPTS = 4;

export interface EventTick {
  send: MavLinkData[];
  /** In the order of the vehicle, each once. */
  events: VehicleEvent[];
  /** Events that did not come, and were given up. */
  lost: number;
}

/**
 * PX4's events in order (mavlink.io/en/services/events.html), without I/O: what is missing in the
 * sequence is asked for again, a few times. Begins with the first event or sequence number it hears.
 */
export class EventClient {
  readonly #target: Component;
  #expected: number | undefined;
  /** By sequence; none is older than `#expected`. */
  readonly #ahead = new Map<number, VehicleEvent>();
  /** One past the newest event that is known to exist. */
  #end = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #attempts = 0;
  #ready: VehicleEvent[] = [];
  #lost = 0;

  constructor(target: Component) {
    this.#target = target;
  }

  /** Takes a frame; one from anybody but the vehicle is ignored. */
  hear(frame: Pick<Frame, 'sysid' | 'compid' | 'msgid' | 'payload'>): void {
    if (frame.sysid !== this.#target.sysid || frame.compid !== this.#target.compid) return;
    const event = eventOf(frame);
    if (event !== undefined) {
      this.#event(event);
      return;
    }
    const current = currentSequenceOf(frame);
    if (current !== undefined) this.#current(current.sequence, current.reset);
    const gone = eventErrorOf(frame);
    if (gone !== undefined && gone.sequence === this.#expected) this.#skipTo(gone.oldest);
  }

  /** Nothing is missing, and nothing waits to be taken. */
  get idle(): boolean {
    const complete = this.#expected === undefined || this.#expected === this.#end;
    return complete && this.#ready.length === 0 && this.#lost === 0;
  }

  tick(nowMs: number): EventTick {
    const send: MavLinkData[] = [];
    this.#deliver();
    if (this.#expected !== undefined && this.#expected !== this.#end) {
      if (nowMs - this.#askedMs >= RETRY_MS) {
        if (this.#attempts >= ATTEMPTS) this.#skipTo(this.#nextThere());
        else {
          this.#attempts += 1;
          this.#askedMs = nowMs;
          const last = (this.#nextThere() - 1) & 0xffff;
          send.push(requestEventMessage(this.#target, this.#expected, last));
        }
      }
    }
    const tick = { send, events: this.#ready, lost: this.#lost };
    this.#ready = [];
    this.#lost = 0;
    return tick;
  }

  #event(event: VehicleEvent): void {
    if (this.#expected === undefined) this.#begin(event.sequence);
    let distance = (event.sequence - this.#expected!) & 0xffff;
    // Behind by less than half the circle: it was here already.
    if (distance >= 0x8000) return;
    if (distance >= MAX_AHEAD) {
      // So far ahead that what lies between is lost, or the vehicle began anew.
      this.#lost += distance;
      this.#begin(event.sequence);
      distance = 0;
    }
    this.#ahead.set(event.sequence, event);
    const end = (event.sequence + 1) & 0xffff;
    if (((end - this.#expected!) & 0xffff) > ((this.#end - this.#expected!) & 0xffff)) {
      this.#end = end;
    }
    this.#deliver();
  }

  #current(sequence: number, reset: boolean): void {
    const end = (sequence + 1) & 0xffff;
    if (this.#expected === undefined || reset) {
      this.#begin(end);
      return;
    }
    const missing = (end - this.#expected) & 0xffff;
    const known = (this.#end - this.#expected) & 0xffff;
    if (missing < 0x8000 && missing >= MAX_AHEAD) this.#skipTo(end);
    else if (missing < MAX_AHEAD && missing > known) this.#end = end;
  }

  #begin(sequence: number): void {
    this.#ahead.clear();
    this.#expected = sequence;
    this.#end = sequence;
    this.#attempts = 0;
  }

  #deliver(): void {
    if (this.#expected === undefined) return;
    for (;;) {
      const event = this.#ahead.get(this.#expected);
      if (event === undefined) return;
      this.#ahead.delete(this.#expected);
      this.#ready.push(event);
      this.#expected = (this.#expected + 1) & 0xffff;
      this.#attempts = 0;
      this.#askedMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** The sequence of the first event that is here, or the end. */
  #nextThere(): number {
    for (let step = 0; step < MAX_AHEAD; step += 1) {
      const sequence = (this.#expected! + step) & 0xffff;
      if (sequence === this.#end || this.#ahead.has(sequence)) return sequence;
    }
    return this.#end;
  }

  #skipTo(sequence: number): void {
    const skipped = (sequence - this.#expected!) & 0xffff;
    if (skipped === 0 || skipped >= 0x8000) return;
    this.#lost += skipped;
    for (const held of this.#ahead.keys()) {
      if (((held - sequence) & 0xffff) >= 0x8000) this.#ahead.delete(held);
    }
    this.#expected = sequence;
    if (((this.#end - sequence) & 0xffff) >= 0x8000) this.#end = sequence;
    this.#attempts = 0;
    this.#deliver();
  }
}
