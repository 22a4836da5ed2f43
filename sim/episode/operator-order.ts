import { z } from 'zod';

import { MAX_DIRECTIVE_TARGETS } from '#protocols/gossip/directive.ts';

/** What an operator does at a moment of an episode, simulated ms since its start. */
export const operatorOrderSchema = z.strictObject({
  atMs: z.int().min(0).max(86_400_000),
  order: z.enum(['hold', 'resume', 'rtl', 'land', 'abort']),
  /** None: all. */
  sysids: z.array(z.int().min(1).max(250)).max(MAX_DIRECTIVE_TARGETS).default([]),
});

export type OperatorOrder = z.infer<typeof operatorOrderSchema>;
