import * as z from 'zod';

import { taskIdSchema } from './bid.ts';
import { goalIdSchema } from './goal-id.ts';

export const TASK_STATES = ['claimed', 'executing', 'done', 'released'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/**
 * Owns a task, where a bid only proposes. `done` beats all, so that no work is done twice; then a
 * greater claim epoch beats a smaller one, then the smaller member id, then the later state.
 */
export const taskReportSchema = z.strictObject({
  goal: goalIdSchema,
  task: taskIdSchema,
  claimEpoch: z.uint32(),
  owner: z.uint32().max(65_535),
  state: z.enum(TASK_STATES),
  /** What was seen while doing it, e.g. cells looked at; a digest would not convince a person. */
  evidence: z.string().max(200),
});

export type TaskReport = z.infer<typeof taskReportSchema>;
