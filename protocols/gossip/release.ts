import * as z from 'zod';

/** Announces a model release; its content goes by stream and is verified by digest and signature. */
export const releaseSchema = z.strictObject({
  name: z.string().max(64),
  version: z.uint32(),
  manifestSha256: z.instanceof(Uint8Array).refine((value) => value.length === 32, '32 bytes'),
  bytes: z.uint32(),
});

export type Release = z.infer<typeof releaseSchema>;
