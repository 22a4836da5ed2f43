import { JudgedEpisode, type JudgedOptions, type Verdict } from '../episode/judged-episode.ts';
import { openScenario, type EpisodeParts } from './open-scenario.ts';
import type { ScenarioDocument } from './scenario-document.ts';
import { SuccessWatch, type Criterion } from './success-watch.ts';

export interface Flown {
  options: JudgedOptions;
  judged: JudgedEpisode;
  verdict: Verdict;
  criteria: Criterion[];
  /** All criteria met. */
  success: boolean;
  meanTravelS: number | undefined;
}

interface Watcher {
  /** Before the first step: whoever wants to look in. */
  begin?(judged: JudgedEpisode): void;
  /** Every ten simulated seconds. */
  progress?(nowMs: number, words: string): void;
}

const PROGRESS_MS = 10_000;

/** Flies a scenario to its end, before the invariant checker, and judges it by its own criteria. */
export const flyScenario = async (
  document: ScenarioDocument,
  parts: EpisodeParts,
  watcher: Watcher = {},
): Promise<Flown> => {
  const options = openScenario(document, parts);
  const judged = new JudgedEpisode(options);
  const watch = new SuccessWatch(document, judged);
  watcher.begin?.(judged);
  const { episode } = judged;
  const before = episode.afterStep;
  episode.afterStep = (nowMs) => {
    before?.(nowMs);
    if (nowMs % PROGRESS_MS === 0) watcher.progress?.(nowMs, watch.progress());
  };
  const verdict = await judged.run();
  const criteria = watch.criteria(verdict);
  return {
    options,
    judged,
    verdict,
    criteria,
    success: criteria.every(({ met }) => met),
    meanTravelS: watch.meanTravelS(),
  };
};
