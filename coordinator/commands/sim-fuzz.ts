import { EXIT } from '#protocols/fault.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import { startFuzz } from '#sim/fuzz/start-fuzz.ts';
import type { Context } from './context.ts';
import { FuzzJournal } from './fuzz-journal-file.ts';
import { fuzzSettings, parseSeeds, type EpisodeChoice } from './fuzz-options.ts';
import { costText, FuzzProgress } from './fuzz-progress.ts';
import { fuzzSummary, summaryText, type FuzzSummary } from './fuzz-summary.ts';
import { makeReportFolder } from '../report/run-directory.ts';
import { shrinkToFile } from './sim-shrink.ts';

export interface FuzzOptions extends EpisodeChoice {
  /** `A..B`, both included, or one number. */
  seeds: string;
  jobs: number;
  /** Journal that a later run goes on from. */
  out: string | undefined;
  /** Folder for what is left of the first seed of each violated invariant; undefined: nothing is reduced. */
  shrink: string | undefined;
  /** An episode without a step for so long hangs. */
  stallS: number;
}

/**
 * `skein sim fuzz`: flies one episode for each seed, with faults, before the invariant checker. Exit
 * code failed when an invariant was violated, an episode hung or the program itself failed, interrupted
 * when a person stopped it; either way what was flown is summed up. Throws the journal's Faults.
 */
export const runSimFuzz = async (context: Context, options: FuzzOptions): Promise<number> => {
  const { output } = context;
  const seeds = parseSeeds(options.seeds);
  const settings = fuzzSettings(options);
  if (options.shrink !== undefined) makeReportFolder(options.shrink, '--shrink');
  const journal = options.out === undefined ? undefined : new FuzzJournal(options.out, settings);
  const asked = new Set(seeds);
  const outcomes = (journal?.outcomes ?? []).filter(({ seed }) => asked.has(seed));
  const known = new Set(outcomes.map(({ seed }) => seed));
  if (known.size > 0) output.say(`${known.size} of ${seeds.length} seeds were flown before`);
  const stopper = new AbortController();
  const onSignal = (): void => stopper.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  let trouble: unknown;
  const progress = new FuzzProgress(output, seeds.length, outcomes, () => performance.now());
  await startFuzz(
    seeds.filter((seed) => !known.has(seed)),
    {
      settings,
      jobs: options.jobs,
      signal: stopper.signal,
      stallMs: 1000 * options.stallS,
      onOutcome: (outcome, cpuMs) => {
        outcomes.push(outcome);
        progress.add(outcome, cpuMs);
        try {
          journal?.add(outcome);
        } catch (error) {
          trouble ??= error;
          stopper.abort();
        }
      },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  const summary = fuzzSummary(outcomes);
  const { cost } = progress;
  output.data({ ...summary, cost: cost ?? null }, () =>
    [summaryText(summary), ...(cost === undefined ? [] : [costText(cost)])].join('\n'),
  );
  if (trouble !== undefined) throw trouble;
  if (stopper.signal.aborted) return EXIT.interrupted;
  if (options.shrink !== undefined)
    await shrinkFirst(context, settings, summary.violations, options.shrink);
  return summary.withViolations === 0 && summary.crashes.length === 0 ? EXIT.ok : EXIT.failed;
};

/** One file for each invariant that was violated, of the first seed that did. */
const shrinkFirst = async (
  { output }: Context,
  settings: FuzzSettings,
  violations: FuzzSummary['violations'],
  folder: string,
): Promise<void> => {
  const firsts = new Map(violations.toReversed().map((one) => [one.invariant, one]));
  for (const { seed, invariant } of firsts.values()) {
    // What does not end cannot be flown again and again.
    if (invariant === 'hang') continue;
    output.progress(
      { shrinking: { seed, invariant } },
      () => `reducing seed ${seed}, ${invariant}`,
    );
    const shrunk = await shrinkToFile(output, { seed, settings, invariant, out: folder });
    output.progress({ shrunk }, () => shrunk?.text ?? `seed ${seed} did not do it again`);
  }
};
