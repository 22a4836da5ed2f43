/** Flies chunks on a thread of a pool. */
import { isDeepStrictEqual } from 'node:util';

import type { PlannerModel } from '#agent/mind/plan/open-planner.ts';
import type { FuzzSettings } from '../fuzz/fuzz-episode.ts';
import { Planners } from '../fuzz/planners.ts';
import { runFuzzEpisode, type SeedVerdict } from '../fuzz/run-fuzz-episode.ts';
import { seedsOf, type Chunk, type ChunkResult } from './chunk.ts';

/** What a thread is given to fly; the model is that of whoever started it, not of the chunk's sender. */
export interface Flight {
  chunk: Chunk;
  model: PlannerModel;
}

let open: { learned: FuzzSettings['learned']; planners: Planners } | undefined;

/** A thread keeps its planners: most chunks want those of the chunk before. */
const plannersFor = async ({ learned }: FuzzSettings): Promise<Planners> => {
  if (open === undefined || !isDeepStrictEqual(open.learned, learned)) {
    await open?.planners.close();
    open = { learned, planners: new Planners({ learned }) };
  }
  return open.planners;
};

export const flyChunk = async ({ chunk, model }: Flight): Promise<ChunkResult> => {
  const { learnedShare = 0, ...shared } = chunk.settings;
  const settings: FuzzSettings = {
    ...shared,
    ...(learnedShare === 0 ? {} : { learned: { share: learnedShare, model } }),
  };
  const planners = await plannersFor(settings);
  const startMs = performance.now();
  const verdicts: SeedVerdict[] = [];
  for (const seed of seedsOf(chunk)) {
    verdicts.push(await runFuzzEpisode(seed, settings, planners));
  }
  return { verdicts, wallS: (performance.now() - startMs) / 1000 };
};
