import type { Verify } from '#protocols/gossip/signing.ts';
import type { Replayable } from '#protocols/log/replay.ts';
import { decodePilotInbox, encodePilotOutbox } from './inbox.ts';
import { createPilot, type PilotStart } from './pilot.ts';
import { pilotTick } from './tick.ts';

/** What a pilot writes on 'pilot/start'. */
export const encodePilotStart = (start: PilotStart): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(start));

/** The pilot for protocols/log/replay.ts: recorded inboxes in, outboxes to compare out. */
export const pilotReplayable = (verify: Verify): Replayable => ({
  start: 'pilot/start',
  tick: 'pilot/tick',
  create: (bytes) => {
    const start = JSON.parse(new TextDecoder().decode(bytes)) as PilotStart;
    const pilot = createPilot(start, verify);
    return {
      tick: (nowMs, inbox) => encodePilotOutbox(pilotTick(pilot, decodePilotInbox(inbox), nowMs)),
    };
  },
});
