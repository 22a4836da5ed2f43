import * as z from 'zod';

import { goalIdSchema } from './goal-id.ts';

/** Longest task id, e.g. `lane:-12:4:9` or `confirm:-12:4`. */
export const taskIdSchema = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[a-z0-9:.-]+$/u);

export const MAX_BID_ENTRIES = 96;

/**
 * What a drone believes of the auction (CBBA: Choi, Brunet, How 2009): per task the winner, its bid
 * and the author's own time stamp of that knowledge; `heard` holds when each member was last heard,
 * by its own stamps.
 */
export const bidSchema = z.strictObject({
  goal: goalIdSchema,
  /** Grows with every bid of the author; time stamps of the entries count in these units of their author. */
  round: z.uint32(),
  bundle: z.array(taskIdSchema).max(16),
  entries: z
    .array(z.tuple([taskIdSchema, z.uint32().max(65_535), z.number().min(0).max(1e6), z.uint32()]))
    .max(MAX_BID_ENTRIES),
  heard: z.array(z.tuple([z.uint32().max(65_535), z.uint32()])).max(250),
});

export type Bid = z.infer<typeof bidSchema>;
