import type { GoalId } from './goal-id.ts';

/** An operator counts on from the goals that it knows: a swarm's life has no more than these unknown to a member. */
const MAX_EPOCH_STEP = 1000;
/** Of the first goal that a member hears; far from the last epoch that there is. */
const MAX_FIRST_EPOCH = 2 ** 31;

/**
 * Whether an honest operator can have issued this goal after `newest`: one that took the last epoch of all could
 * never be followed by another's, not even after its key was revoked.
 */
export const isNextEpoch = ({ epoch }: GoalId, newest: GoalId | null | undefined): boolean =>
  epoch <= (newest?.epoch ?? MAX_FIRST_EPOCH) + MAX_EPOCH_STEP;

/**
 * Positive when `a` is newer: greater epoch, then sequence, then issuer. Whoever knew another goal took a
 * greater epoch; of two that were ordered at once the issuer's precedence, which is their sequence, decides.
 */
export const compareGoalIds = (a: GoalId, b: GoalId): number =>
  a.epoch - b.epoch || a.sequence - b.sequence || a.issuer - b.issuer;
