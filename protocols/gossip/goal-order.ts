import type { GoalId } from './goal-id.ts';

/** Positive when `a` is newer: greater epoch, then sequence, then issuer. */
export const compareGoalIds = (a: GoalId, b: GoalId): number =>
  a.epoch - b.epoch || a.sequence - b.sequence || a.issuer - b.issuer;
