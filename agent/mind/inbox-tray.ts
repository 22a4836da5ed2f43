import { decodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { decodeRangeRing } from '#protocols/channel/range-ring.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import { decodeReceived } from '#protocols/channel/received-codec.ts';
import type { Sized } from '#protocols/sized.ts';

import type { PlanAnswer } from './plan-port.ts';
import { encodeInbox, type InboxFrames } from './record/inbox.ts';
import { emptyInbox, type Look, type MindInbox } from './state.ts';

/** Messages and looks that may wait for one tick. */
const MAX_WAITING = 512;

/** An inbox, and the same for the record. */
export interface TakenInbox {
  inbox: MindInbox;
  /** encodeInbox */
  bytes: Uint8Array;
}

interface Waiting {
  status: Uint8Array | null;
  ring: Uint8Array | null;
  received: Uint8Array[];
}

const nothing = (): Waiting => ({ status: null, ring: null, received: [] });

/**
 * Where a mind's process gathers what comes between two ticks: read once, and kept as it came for the
 * record, so that a replay reads what the mind has read.
 */
export class InboxTray {
  #inbox = emptyInbox();
  #frames = nothing();

  /** What waits, for whoever watches over it. */
  get sizes(): readonly Sized[] {
    const { received, looks } = this.#inbox;
    return [
      { name: 'messages that wait', size: received.length, cap: MAX_WAITING },
      { name: 'looks that wait', size: looks.length, cap: MAX_WAITING },
    ];
  }

  /** A pilot's status; false when it is malformed and left out. */
  hearStatus(payload: Uint8Array): boolean {
    const status = decodePilotStatus(payload);
    if (status === undefined) return false;
    this.#inbox.status = status;
    this.#frames.status = payload;
    return true;
  }

  hearRing(payload: Uint8Array): void {
    const ring = decodeRangeRing(payload);
    this.#inbox.ring = ring ?? null;
    this.#frames.ring = ring === undefined ? null : payload;
  }

  /** @param received what `payload` says, when it has been read already. Throws Fault 'bytes-malformed'. */
  hearReceived(payload: Uint8Array, received: Received = decodeReceived(payload)): void {
    this.#inbox.received.push(received);
    this.#frames.received.push(payload);
    if (this.#inbox.received.length <= MAX_WAITING) return;
    this.#inbox.received.shift();
    this.#frames.received.shift();
  }

  look(look: Look): void {
    if (this.#inbox.looks.length < MAX_WAITING) this.#inbox.looks.push(look);
  }

  payloadAlive(): void {
    this.#inbox.payloadAlive = true;
  }

  /** Everything that waits. */
  take(): TakenInbox {
    const inbox = this.#inbox;
    const frames = this.#frames;
    this.#inbox = emptyInbox();
    this.#frames = nothing();
    return taken(inbox, frames);
  }

  /** The planner's answer alone, which must not wait; the rest does, for the next status. */
  takeAnswer(answer: PlanAnswer): TakenInbox {
    return taken({ ...emptyInbox(), answer }, nothing());
  }
}

const taken = (inbox: MindInbox, waiting: Waiting): TakenInbox => {
  const { looks, payloadAlive, answer } = inbox;
  const frames: InboxFrames = { ...waiting, looks, payloadAlive, answer };
  return { inbox, bytes: encodeInbox(frames) };
};
