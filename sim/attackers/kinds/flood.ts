import { z } from 'zod';

import type { Random } from '#protocols/random.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import type { Directive } from '#protocols/gossip/directive.ts';
import { attachSignature, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import { faultKind, forMs, sysid } from '../../faults/fault-kind.ts';
import { between, pick } from '../../faults/draws.ts';
import { Insider } from '../insider.ts';
import { Pace } from '../pace.ts';

/**
 * `own`: true messages under its own key; `forged`: in the names of others, whose signature does not
 * hold, which costs whoever checks it and not whoever sends it; `noise`: no messages at all.
 */
const FLOODS = ['own', 'forged', 'noise'] as const;

/** A member that says more than anyone can listen to. */
export const FLOOD = faultKind(
  'flood',
  { sysid, what: z.enum(FLOODS), perS: z.number().min(1).max(100_000), forMs },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      what: pick(FLOODS, random),
      perS: between(50, 400, random),
      forMs: between(2000, 20_000, random),
    }),
    begin: ({ sysid: id, what, atMs, perS }, { episode, random }) => {
      if (episode.drone(id) === undefined) return undefined;
      const insider = new Insider(episode, id);
      const others = episode.drones.map((one) => one.sysid).filter((one) => one !== id);
      const pace = new Pace(perS, atMs);
      return {
        step: (nowMs) => {
          for (let count = pace.due(nowMs); count > 0; count -= 1) {
            if (what === 'own') insider.say(ownWord(insider), false);
            else if (what === 'forged') insider.say(forgedWord(insider, others, random), true);
            else insider.say(noise(300, random), true);
          }
        },
      };
    },
  },
);

const noise = (bytes: number, random: Random): Uint8Array =>
  Uint8Array.from({ length: bytes }, () => Math.floor(256 * random.uniform()));

/** A finding of something somewhere: it lasts, so everyone keeps it and passes it on. */
const ownWord = ({ forger, goal, sysid: id, bootEpoch }: Insider): Uint8Array => {
  const sequence = forger.header('finding', id, bootEpoch).sequence;
  const finding = {
    goal: goal?.id ?? { issuer: 1000, epoch: 1, sequence: 0 },
    row: (sequence % 8000) - 4000,
    column: (Math.floor(sequence / 8000) % 8000) - 4000,
    latDeg: 47,
    lonDeg: 8,
    confidence: 0.5,
    looks: 2,
    detections: 1,
  };
  return forger.seal('finding', finding, id, bootEpoch);
};

/** An abort in anyone's name but its own, with 64 bytes where a signature would be. */
const forgedWord = (
  { forger, bootEpoch }: Insider,
  others: readonly number[],
  random: Random,
): Uint8Array => {
  const author = pick(others.length === 0 ? [1000] : others, random);
  const header = forger.header('beacon', author, bootEpoch);
  const directive: Directive = {
    kind: 'abort',
    confirmed: false,
    number: header.sequence,
    targets: [],
  };
  const unsigned = encodeUnsigned(header, encodePayload('directive', directive));
  return attachSignature(unsigned, noise(64, random));
};
