import * as z from 'zod';

import { goalIdSchema } from './goal-id.ts';

/** A detection that its author holds for certain, after the second look. */
export const findingSchema = z.strictObject({
  goal: goalIdSchema,
  row: z.int32().min(-4096).max(4096),
  column: z.int32().min(-4096).max(4096),
  latDeg: z.number().min(-90).max(90),
  lonDeg: z.number().min(-180).max(180),
  /** Posterior probability that something is there. */
  confidence: z.number().min(0).max(1),
  looks: z.uint32().max(65_535),
  detections: z.uint32().max(65_535),
});

export type Finding = z.infer<typeof findingSchema>;
