import * as z from 'zod';

import { goalIdSchema } from './goal-id.ts';

export const MAX_BELIEF_CELLS = 128;

const count = z.uint32().max(255);
const cellIndex = z.int32().min(-4096).max(4096);

/**
 * The author's own look counts, absolute and not increments (decision: merge = maximum per author),
 * so a duplicate never counts twice: [row, column, looks, detections].
 */
export const beliefSchema = z.strictObject({
  goal: goalIdSchema,
  cells: z.array(z.tuple([cellIndex, cellIndex, count, count])).max(MAX_BELIEF_CELLS),
});

export type Belief = z.infer<typeof beliefSchema>;
