import { z } from 'zod';

import { MAX_DIRECTIVE_TARGETS } from '#protocols/gossip/directive.ts';
import { missionSchema } from '#protocols/mission/mission.ts';

const atMs = z.int().min(0).max(86_400_000);

/** What an operator does at a moment of an episode, simulated ms since its start. */
export const operatorOrderSchema = z.discriminatedUnion('order', [
  z.strictObject({
    atMs,
    order: z.enum(['hold', 'resume', 'rtl', 'land', 'abort']),
    /** None: all. */
    sysids: z.array(z.int().min(1).max(250)).max(MAX_DIRECTIVE_TARGETS).default([]),
  }),
  z.strictObject({
    atMs,
    /** A newer goal: another mission inside the fence of the first, or the first one again. */
    order: z.literal('goal'),
    mission: missionSchema.optional(),
  }),
]);

export type OperatorOrder = z.infer<typeof operatorOrderSchema>;
