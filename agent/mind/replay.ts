import type { Replayable } from '#protocols/log/replay.ts';

import { decodeMindStart } from './codec.ts';
import type { SafePlanner } from './plan-port.ts';
import { decodeInbox } from './record/inbox.ts';
import { encodeOutbox, outboxFrames } from './record/outbox.ts';
import { createMind, type MindInbox, type MindOutbox } from './state.ts';
import { mindTick } from './tick.ts';

/** One tick run again. */
export interface MindTickAgain {
  inbox: MindInbox;
  outbox: MindOutbox;
}

/** A mind made anew from its record. */
export interface MindAgain {
  /** Throws Fault 'bytes-malformed'. */
  tick(nowMs: number, inbox: Uint8Array): MindTickAgain;
}

export const mindAgain = (start: Uint8Array, safePlan: SafePlanner): MindAgain => {
  const mind = createMind(decodeMindStart(start), safePlan);
  return {
    tick: (nowMs, bytes) => {
      const inbox = decodeInbox(bytes);
      return { inbox, outbox: mindTick(mind, inbox, nowMs) };
    },
  };
};

/** How `log replay` makes a mind anew from its record and runs its ticks again. */
export const mindReplayable = (safePlan: SafePlanner): Replayable => ({
  start: 'mind/start',
  tick: 'mind/tick',
  create: (start) => {
    const mind = mindAgain(start, safePlan);
    return {
      tick: (nowMs, bytes) => {
        const { inbox, outbox } = mind.tick(nowMs, bytes);
        return encodeOutbox(outbox, outboxFrames(outbox), inbox.answer);
      },
    };
  },
});
