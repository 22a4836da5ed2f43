import { z } from 'zod';

import { missionSchema } from '#protocols/mission/mission.ts';
import { FAULT_KINDS, type FaultName } from '../faults/fault.ts';
import { MISSION_KINDS } from '../fuzz/draw-mission.ts';
import type { FuzzSettings } from '../fuzz/fuzz-episode.ts';
import type { SeedVerdict } from '../fuzz/run-fuzz-episode.ts';
import { RADIO_PROFILES, type ProfileName } from '../radio/profile.ts';

const count = z.int().min(0);

/**
 * What a chunk's episodes share; it may come from a queue that others write to, and so names no file and
 * no key: which model flies is the worker's own to say.
 */
export interface ChunkSettings extends Omit<FuzzSettings, 'learned'> {
  /** Of the seeds that fly with a learned model; undefined: none. */
  learnedShare?: number | undefined;
}

const settingsSchema: z.ZodType<ChunkSettings> = z.strictObject({
  mission: z.union([missionSchema, z.enum(MISSION_KINDS)]).optional(),
  drones: z.int().min(1).max(250).optional(),
  kinds: z.array(z.enum(FAULT_KINDS as [FaultName, ...FaultName[]])),
  samples: z.int().min(1).max(4096),
  learnedShare: z.number().min(0).max(1).optional(),
  wholeShare: z.number().min(0).max(1).optional(),
  troubleUntilMs: z.number().positive().optional(),
  untilMs: z.number().positive().optional(),
});

/** Seeds `first` to `last`, both included, of one sweep: what a worker takes at a time. */
export const chunkSchema = z.strictObject({
  /** Tells sweeps apart: a digest of what all their episodes share, and of the sources. */
  sweep: z.string().regex(/^[0-9a-f]{16}$/u),
  first: count,
  last: count,
  settings: settingsSchema,
});

export type Chunk = z.infer<typeof chunkSchema>;

/** The same for the same seeds of the same sweep, so that no queue holds a chunk twice. */
export const chunkId = ({ sweep, first, last }: Omit<Chunk, 'settings'>): string =>
  `${sweep}-${first}-${last}`;

/** In order, each of `size` seeds at most. */
export const chunksOf = (
  sweep: string,
  settings: ChunkSettings,
  range: { first: number; last: number },
  size: number,
): Chunk[] => {
  const chunks: Chunk[] = [];
  for (let first = range.first; first <= range.last; first += size) {
    chunks.push({ sweep, settings, first, last: Math.min(range.last, first + size - 1) });
  }
  return chunks;
};

export const seedsOf = ({ first, last }: Chunk): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const verdictSchema: z.ZodType<SeedVerdict> = z.object({
  seed: count,
  violations: z
    .array(
      z.object({
        invariant: z.string().regex(/^(?:I\d{1,2}|hang)$/u) as unknown as z.ZodType<
          SeedVerdict['violations'][number]['invariant']
        >,
        atMs: z.number(),
        drones: z.array(z.int()).max(250),
        detail: z.string().max(4000),
      }),
    )
    .max(1000),
  simulatedMs: z.number().nonnegative(),
  ended: z.boolean(),
  tasksDone: count,
  flownHours: z.number().nonnegative(),
  digest: z.string().regex(/^[0-9a-f]{64}$/u),
  abortDelaysMs: z.array(z.number().nonnegative()).max(10_000),
  mission: z.string().max(64),
  drones: z.int().min(1).max(250),
  planner: z.enum(['analytic', 'learned']),
  radio: z.enum(Object.keys(RADIO_PROFILES) as ProfileName[]),
  isCut: z.boolean(),
  faults: z.array(z.string().max(4000)).max(1000),
  kinds: z.array(z.enum(FAULT_KINDS as [FaultName, ...FaultName[]])),
}) as unknown as z.ZodType<SeedVerdict>;

/** A chunk that was flown: a verdict for each of its seeds. */
export const chunkResultSchema = z.strictObject({
  verdicts: z.array(verdictSchema).max(100_000),
  /** CPU-bound wall time that it took, s: for cost, not for the verdicts. */
  wallS: z.number().nonnegative(),
});

export type ChunkResult = z.infer<typeof chunkResultSchema>;

/** Whether a result has a verdict for each seed of its chunk, in order, and no other. */
export const isResultOf = (chunk: Chunk, { verdicts }: ChunkResult): boolean => {
  const seeds = seedsOf(chunk);
  return (
    verdicts.length === seeds.length && verdicts.every(({ seed }, index) => seed === seeds[index])
  );
};
