import { z } from 'zod';

import { faultKind, forMs, member } from '../fault-kind.ts';
import { between, shuffled } from '../draws.ts';

const moment = z.int().min(0).max(86_400_000);

/**
 * Swizzle-clog: links are cut one after the other in one order and healed in another, so that every
 * kind of partial partition comes and goes. Both directions of each.
 */
export const SWIZZLE = faultKind(
  'swizzle',
  {
    /** ms after the fault's beginning; what `forMs` cuts short heals then. */
    links: z
      .array(z.strictObject({ a: member, b: member, cutAfterMs: moment, healAfterMs: moment }))
      .min(1)
      .max(5000),
    forMs,
  },
  {
    draw: ({ sysids, others }, random) => {
      const members = [...sysids, ...others];
      const all = members.flatMap((a, index) => members.slice(index + 1).map((b) => ({ a, b })));
      const share = random.uniform();
      const chosen = shuffled(all, random).slice(0, Math.max(1, Math.round(share * all.length)));
      const stepMs = between(100, 3000, random);
      const holdMs = between(0, 30_000, random);
      const healOrder = shuffled([...chosen.keys()], random);
      const healFromMs = stepMs * chosen.length + holdMs;
      const links = chosen.map((link, index) => ({
        ...link,
        cutAfterMs: stepMs * index,
        healAfterMs: healFromMs + stepMs * healOrder[index]!,
      }));
      return { links, forMs: healFromMs + stepMs * chosen.length };
    },
    begin: ({ links, atMs }, { episode: { field }, name }) => {
      const isCut = links.map(() => false);
      const set = (index: number, cut: boolean): void => {
        if (isCut[index] === cut) return;
        isCut[index] = cut;
        const { a, b } = links[index]!;
        for (const [from, to] of [
          [a, b],
          [b, a],
        ] as const) {
          if (cut) field.cut(from, to, `${name}-${index}`);
          else field.heal(from, to, `${name}-${index}`);
        }
      };
      const follow = (nowMs: number): void => {
        for (const [index, { cutAfterMs, healAfterMs }] of links.entries()) {
          set(index, nowMs - atMs >= cutAfterMs && nowMs - atMs < healAfterMs);
        }
      };
      return {
        step: follow,
        end: () => {
          for (const index of links.keys()) set(index, false);
        },
      };
    },
  },
);
