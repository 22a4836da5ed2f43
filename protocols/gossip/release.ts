import * as z from 'zod';

import { exactBytes } from './byte-string.ts';
import { MAX_CONTENT_BYTES } from './pieces.ts';

/** Announces a model release; its content goes from member to member in pieces (pieces.ts). */
export const releaseSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w.-]+$/u),
  version: z.uint32(),
  /** SHA-256 over the SHA-256 of all pieces, in order: {@link contentIdOf}. */
  piecesSha256: exactBytes(32),
  bytes: z.uint32().min(1).max(MAX_CONTENT_BYTES),
});

export type Release = z.infer<typeof releaseSchema>;
