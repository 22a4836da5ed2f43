import type { Profile } from '../parameters.ts';
import type { RaisedEvent } from './raised-event.ts';

/** An event as it was numbered. */
export interface LoggedEvent extends RaisedEvent {
  readonly sequence: number;
  readonly timeBootMs: number;
}

/** How many events PX4 keeps for those who ask again. */
export const EVENTS_KEPT = 20;

/** One before the first event's number: v1.15 lets the sequence soon wrap, so that clients learn it. */
const BEFORE_FIRST: Readonly<Record<Profile, number>> = { '1.15': 65_525, '1.18': 0 };

const uint16 = (value: number): number => value & 0xffff;

/**
 * The vehicle's events: numbered from boot on, one sequence for all its links, the newest kept. Every
 * link sends them by itself and looks up what it is asked for again.
 */
export class EventLog {
  /** Number of the newest event. */
  latest: number;
  readonly #kept: LoggedEvent[] = [];

  constructor(profile: Profile) {
    this.latest = BEFORE_FIRST[profile];
  }

  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  add(event: RaisedEvent, timeBootMs: number): void {
    this.latest = uint16(this.latest + 1);
    this.#kept.push({ ...event, sequence: this.latest, timeBootMs });
    if (this.#kept.length > EVENTS_KEPT) this.#kept.shift();
  }

  /** Undefined for one that is gone, or not yet there. */
  find(sequence: number): LoggedEvent | undefined {
    const back = uint16(this.latest - sequence);
    return back < this.#kept.length ? this.#kept.at(-1 - back) : undefined;
  }

  /** Number of the first kept event behind `sequence`; the newest one's when there is none. */
  oldestAfter(sequence: number): number {
    let best = this.latest;
    let least = 0xffff;
    for (const { sequence: kept } of this.#kept) {
      const ahead = uint16(kept - sequence);
      if (ahead === 0 || ahead >= least) continue;
      least = ahead;
      best = kept;
    }
    return best;
  }
}
