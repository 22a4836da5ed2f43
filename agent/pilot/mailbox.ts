import type { ChannelFrame } from '#protocols/channel/frame.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import type { Sized } from '#protocols/sized.ts';

/** Of these only the newest matters: what it replaces would be overruled in the same tick. */
const NEWEST_WINS: ReadonlySet<number> = new Set([
  MESSAGE_TYPE.order,
  MESSAGE_TYPE.trajectory,
  MESSAGE_TYPE.neighbours,
]);

/** Signed envelopes that may wait; operators send a few an hour. */
const MAX_WAITING_ENVELOPES = 64;

/** Each costs a signature check of some 0.2 ms: a flood may not eat the tick. */
const ENVELOPES_A_TICK = 8;

/** What mind and mesh said since the last tick, bounded whatever they do. */
export class Mailbox {
  readonly #newest = new Map<number, ChannelFrame>();
  #envelopes: ChannelFrame[] = [];
  dropped = 0;

  /** For whoever watches that it stays bounded. */
  get sizes(): Sized[] {
    return [
      { name: 'orders that wait', size: this.#envelopes.length, cap: MAX_WAITING_ENVELOPES },
      { name: 'newest words', size: this.#newest.size, cap: NEWEST_WINS.size },
    ];
  }

  put(frame: ChannelFrame): void {
    if (NEWEST_WINS.has(frame.type)) {
      this.#newest.set(frame.type, frame);
    } else if (
      frame.type === MESSAGE_TYPE.envelope &&
      this.#envelopes.length < MAX_WAITING_ENVELOPES
    ) {
      this.#envelopes.push(frame);
    } else {
      this.dropped += 1;
    }
  }

  /** Envelopes first: a goal's limits must be known before the order that needs them. */
  take(): ChannelFrame[] {
    const frames = [...this.#envelopes.slice(0, ENVELOPES_A_TICK), ...this.#newest.values()];
    this.#envelopes = this.#envelopes.slice(ENVELOPES_A_TICK);
    this.#newest.clear();
    return frames;
  }
}
