import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { JudgedEpisode, type Verdict } from '../episode/judged-episode.ts';
import { faultInWords, type FaultName } from '../faults/fault.ts';
import { fuzzEpisode, type FuzzSettings } from './fuzz-episode.ts';

/** What became of one seed. */
export interface SeedVerdict extends Verdict {
  seed: number;
  /** One line each, in order of time. */
  faults: string[];
  kinds: FaultName[];
  abortAtMs: number | undefined;
}

export const runFuzzEpisode = async (
  seed: number,
  settings: FuzzSettings,
  planner: Pick<OpenPlanner, 'plan' | 'model'>,
): Promise<SeedVerdict> => {
  const options = fuzzEpisode(seed, settings, planner);
  const verdict = await new JudgedEpisode(options).run();
  return {
    ...verdict,
    seed,
    faults: options.faults.map(faultInWords),
    kinds: [...new Set(options.faults.map(({ kind }) => kind))],
    abortAtMs: options.abortAtMs,
  };
};
