import { z } from 'zod';

import { splitBundle } from '#protocols/gossip/bundle.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import { faultKind, forMs, sysid } from '../../faults/fault-kind.ts';
import { between, pick } from '../../faults/draws.ts';
import { Insider } from '../insider.ts';
import { Pace } from '../pace.ts';

const MOST_RECORDED = 20_000;
const TRANSFER = 3;

/**
 * A member writes down all that it hears, and some time later says it again, as gossip and as repair:
 * goals and directives that were superseded, rosters, positions of long ago.
 */
export const REPLAY = faultKind(
  'replay',
  {
    sysid,
    /** It listens for so long, then waits, then repeats. */
    recordMs: z.int().min(100).max(600_000),
    waitMs: z.int().min(0).max(600_000),
    perS: z.number().min(0.1).max(5000),
    forMs,
  },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      recordMs: between(1000, 10_000, random),
      waitMs: between(1000, 20_000, random),
      perS: between(5, 50, random),
      forMs: between(20_000, 60_000, random),
    }),
    begin: ({ sysid: id, atMs, recordMs, waitMs, perS }, { episode }) => {
      if (episode.drone(id) === undefined) return undefined;
      const insider = new Insider(episode, id);
      const recorded: Uint8Array[] = [];
      const stopListening = insider.voice.listen((bytes) => {
        const bundle = splitBundle(bytes) ?? splitBundle(bytes.subarray(1)) ?? [];
        for (const envelope of bundle) {
          if (recorded.length < MOST_RECORDED && decodeEnvelope(envelope) !== undefined) {
            recorded.push(envelope.slice());
          }
        }
      });
      const pace = new Pace(perS, atMs + recordMs + waitMs);
      let turn = 0;
      return {
        step: (nowMs) => {
          if (nowMs >= atMs + recordMs) stopListening();
          if (nowMs < atMs + recordMs + waitMs || recorded.length === 0) return;
          for (let count = pace.due(nowMs); count > 0; count -= 1) {
            const envelope = recorded[turn % recorded.length]!;
            // What lasts may lawfully be handed on by anyone: it is no forgery, only of no effect.
            if (turn % 2 === 0) insider.say(envelope, false);
            else insider.hand(Uint8Array.from([TRANSFER, ...envelope]));
            turn += 1;
          }
        },
        end: stopListening,
      };
    },
  },
);
