/** Flies chunks on a thread of a pool. */
import { isDeepStrictEqual } from 'node:util';

import { Planners } from '../fuzz/planners.ts';
import { runFuzzEpisode, type SeedVerdict } from '../fuzz/run-fuzz-episode.ts';
import { seedsOf, type Chunk, type ChunkResult } from './chunk.ts';

type Learned = Chunk['settings']['learned'];
let open: { learned: Learned; planners: Planners } | undefined;

/** A thread keeps its planners: most chunks want those of the chunk before. */
const plannersFor = async ({ settings: { learned } }: Chunk): Promise<Planners> => {
  if (open === undefined || !isDeepStrictEqual(open.learned, learned)) {
    await open?.planners.close();
    open = { learned, planners: new Planners({ learned }) };
  }
  return open.planners;
};

export const flyChunk = async (chunk: Chunk): Promise<ChunkResult> => {
  const planners = await plannersFor(chunk);
  const startMs = performance.now();
  const verdicts: SeedVerdict[] = [];
  for (const seed of seedsOf(chunk)) {
    verdicts.push(await runFuzzEpisode(seed, chunk.settings, planners));
  }
  return { verdicts, wallS: (performance.now() - startMs) / 1000 };
};
