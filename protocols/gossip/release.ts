import * as z from 'zod';

import { exactBytes } from './byte-string.ts';

/** Announces a model release; its content goes by stream and is verified by digest and signature. */
export const releaseSchema = z.strictObject({
  name: z.string().max(64),
  version: z.uint32(),
  manifestSha256: exactBytes(32),
  bytes: z.uint32(),
});

export type Release = z.infer<typeof releaseSchema>;
