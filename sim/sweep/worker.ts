/** Flies chunks on a thread of a pool. */
import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { runFuzzEpisode, type SeedVerdict } from '../fuzz/run-fuzz-episode.ts';
import { seedsOf, type Chunk, type ChunkResult } from './chunk.ts';

let open: { samples: number; planner: OpenPlanner } | undefined;

/** A thread keeps its planner: most chunks want the one of the chunk before. */
const plannerFor = async (samples: number): Promise<OpenPlanner> => {
  if (open?.samples !== samples) {
    await open?.planner.close();
    const planner = await openPlanner(
      { modelDir: null, modelSignersHex: [] },
      { ...PLAN_SETTINGS, samples },
    );
    open = { samples, planner };
  }
  return open.planner;
};

export const flyChunk = async (chunk: Chunk): Promise<ChunkResult> => {
  const planner = await plannerFor(chunk.settings.samples);
  const startMs = performance.now();
  const verdicts: SeedVerdict[] = [];
  for (const seed of seedsOf(chunk)) {
    verdicts.push(await runFuzzEpisode(seed, chunk.settings, planner));
  }
  return { verdicts, wallS: (performance.now() - startMs) / 1000 };
};
