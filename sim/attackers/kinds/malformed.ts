import { z } from 'zod';

import { splitBundle } from '#protocols/gossip/bundle.ts';
import { faultKind, forMs, sysid } from '../../faults/fault-kind.ts';
import { between, pick } from '../../faults/draws.ts';
import { Insider } from '../insider.ts';
import { spoil, spoiltRepair } from '../mutations.ts';
import { Pace } from '../pace.ts';

const MOST_MODELS = 512;

/** A member spoils what it hears, at every layer that a receiver takes off, and passes it on. */
export const MALFORMED = faultKind(
  'malformed',
  { sysid, perS: z.number().min(0.1).max(5000), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      perS: between(2, 20, random),
      forMs: between(2000, 30_000, random),
    }),
    begin: ({ sysid: id, atMs, perS }, { episode, random }) => {
      if (episode.drone(id) === undefined) return undefined;
      const insider = new Insider(episode, id);
      const models: Uint8Array[] = [];
      const stop = insider.voice.listen((bytes) => {
        for (const envelope of splitBundle(bytes) ?? []) {
          if (models.length < MOST_MODELS) models.push(envelope.slice());
          else models[Math.floor(MOST_MODELS * random.uniform())] = envelope.slice();
        }
      });
      const pace = new Pace(perS, atMs);
      return {
        step: (nowMs) => {
          if (models.length === 0) return;
          for (let count = pace.due(nowMs); count > 0; count -= 1) {
            const model = pick(models, random);
            if (random.uniform() < 0.7) insider.say(spoil(model, insider.sign, random), false);
            else insider.hand(spoiltRepair(model, random));
          }
        },
        end: stop,
      };
    },
  },
);
