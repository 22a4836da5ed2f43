import * as z from 'zod';

import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { goalIdSchema } from '#protocols/gossip/goal-id.ts';

import { raise, type LookCounts } from './belief/look-counts.ts';
import { MIND_PHASES } from './mission/phase.ts';

const cellCount = z.tuple([
  z.number().int().nonnegative(),
  z.number().int().min(0).max(255),
  z.number().int().min(0).max(255),
]);

const durableSchema = z.strictObject({
  version: z.literal(1),
  goal: goalIdSchema,
  /** First receipt of the goal, monotonic ms of this machine. */
  receivedMs: z.number().nonnegative(),
  phase: z.enum(MIND_PHASES),
  /** Why the work was over; empty while it was not. */
  over: z.string().max(80),
  /** Own looks: [cell key, looks, detections]. */
  cells: z.array(cellCount).max(16_384),
});

/** What must survive the death of a mind: all else is rebuilt from the mesh. */
export type DurableState = z.infer<typeof durableSchema>;

/** Undefined for anything but what {@link DurableState} says, so that a torn file is a fresh start. */
export const parseDurable = (text: string): DurableState | undefined => {
  try {
    const parsed = durableSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/**
 * The part of a restored state that concerns this goal. A receipt in the future means that the
 * machine rebooted since: its clock began anew, and what it counted from no longer holds.
 */
export const restoredFor = (
  restored: DurableState | null,
  goal: GoalId,
  nowMs: number,
): DurableState | undefined =>
  restored !== null && compareGoalIds(restored.goal, goal) === 0 && restored.receivedMs <= nowMs
    ? restored
    : undefined;

export const restoreCells = (counts: LookCounts, self: number, state: DurableState): void => {
  for (const [key, looks, detections] of state.cells) raise(counts, self, key, looks, detections);
};

export const ownCells = (counts: LookCounts, self: number): DurableState['cells'] =>
  [...(counts.byAuthor.get(self) ?? [])].map(([key, count]) => [
    key,
    count.looks,
    count.detections,
  ]);
