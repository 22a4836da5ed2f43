import * as z from 'zod';

import { isPrice, MAX_PRICE } from './bid-price.ts';
import { goalIdSchema } from './goal-id.ts';

/** Longest task id, e.g. `lane:-12:4:9` or `confirm:-12:4`. */
export const taskIdSchema = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[a-z0-9:.-]+$/u);

export const MAX_BID_ENTRIES = 96;
export const MAX_BID_HEARD = 250;

/**
 * What a drone believes of the auction (CBBA: Choi, Brunet, How 2009): per task the winner and its bid,
 * a price of bid-price.ts; `heard` holds the newest round heard of each member.
 */
export const bidSchema = z.strictObject({
  goal: goalIdSchema,
  /** Grows with every bid of the author. */
  round: z.uint32(),
  entries: z
    .array(
      z.tuple([
        taskIdSchema,
        z.uint32().max(65_535),
        z.number().max(MAX_PRICE).refine(isPrice, 'no price of the auction'),
      ]),
    )
    .max(MAX_BID_ENTRIES),
  heard: z.array(z.tuple([z.uint32().max(65_535), z.uint32()])).max(MAX_BID_HEARD),
});

export type Bid = z.infer<typeof bidSchema>;
