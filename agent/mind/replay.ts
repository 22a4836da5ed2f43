import type { Replayable } from '#protocols/log/replay.ts';

import { decodeInbox, decodeMindStart, encodeOutbox } from './codec.ts';
import type { SafePlanner } from './plan-port.ts';
import { createMind } from './state.ts';
import { mindTick } from './tick.ts';

/** How `log replay` makes a mind anew from its record and runs its ticks again. */
export const mindReplayable = (safePlan: SafePlanner): Replayable => ({
  start: 'mind/start',
  tick: 'mind/tick',
  create: (start) => {
    const mind = createMind(decodeMindStart(start), safePlan);
    return { tick: (nowMs, inbox) => encodeOutbox(mindTick(mind, decodeInbox(inbox), nowMs)) };
  },
});
