import * as z from 'zod';

/**
 * Names one goal: the issuer's member id, its epoch (grows with every mission start of any operator)
 * and its sequence among those of one epoch: its issuer's precedence in the roster. Newer = greater epoch,
 * then sequence, then issuer.
 */
export const goalIdSchema = z.strictObject({
  issuer: z.uint32().max(65_535),
  epoch: z.uint32(),
  sequence: z.uint32(),
});

export type GoalId = z.infer<typeof goalIdSchema>;
