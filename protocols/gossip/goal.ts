import * as z from 'zod';

import { missionSchema } from '../mission/mission.ts';
import { byteString } from './byte-string.ts';
import { goalIdSchema } from './goal-id.ts';

/** A mission order, signed by an operator through its envelope. */
export const goalSchema = z.strictObject({
  id: goalIdSchema,
  /** Seconds from first receipt after which a drone that has not begun ignores the goal. */
  expiresAfterS: z.number().positive().max(86_400),
  /** True ends the goal: everyone goes home by the mission's own landing plan. */
  cancelled: z.boolean(),
  mission: missionSchema,
  /** A signed `safety` envelope, as bytes: the limits that the pilots enforce (safety-envelope.ts). */
  safety: byteString(4096),
});

export type Goal = z.infer<typeof goalSchema>;
