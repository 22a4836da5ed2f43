import { EXIT } from '#protocols/fault.ts';
import type { SeedOutcome } from '#sim/fuzz/run-fuzz-episode.ts';
import { startFuzz } from '#sim/fuzz/start-fuzz.ts';
import type { Context } from './context.ts';
import { FuzzJournal } from './fuzz-journal-file.ts';
import { fuzzSettings, parseSeeds, type EpisodeChoice } from './fuzz-options.ts';
import { fuzzSummary, summaryText, violationsOf, violationText } from './fuzz-summary.ts';

export interface FuzzOptions extends EpisodeChoice {
  /** `A..B`, both included, or one number. */
  seeds: string;
  jobs: number;
  /** Journal that a later run goes on from. */
  out: string | undefined;
}

const PROGRESS_MS = 5000;

/**
 * `skein sim fuzz`: flies one episode for each seed, with faults, before the invariant checker. Exit
 * code failed when an invariant was violated or the program itself failed, interrupted when a person
 * stopped it; either way what was flown is summed up. Throws the journal's Faults.
 */
export const runSimFuzz = async (context: Context, options: FuzzOptions): Promise<number> => {
  const seeds = parseSeeds(options.seeds);
  const settings = fuzzSettings(options);
  const journal = options.out === undefined ? undefined : new FuzzJournal(options.out, settings);
  const asked = new Set(seeds);
  const outcomes = (journal?.outcomes ?? []).filter(({ seed }) => asked.has(seed));
  const known = new Set(outcomes.map(({ seed }) => seed));
  if (known.size > 0)
    context.output.say(`${known.size} of ${seeds.length} seeds were flown before`);
  const stopper = new AbortController();
  const onSignal = (): void => stopper.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  let trouble: unknown;
  let toldMs = Date.now();
  await startFuzz(
    seeds.filter((seed) => !known.has(seed)),
    settings,
    options.jobs,
    stopper.signal,
    (outcome) => {
      outcomes.push(outcome);
      for (const line of linesOf(outcome)) context.output.say(line);
      const isLast = outcomes.length === seeds.length;
      if (isLast || Date.now() - toldMs >= PROGRESS_MS) {
        toldMs = Date.now();
        context.output.say(progressLine(outcomes, seeds.length));
      }
      try {
        journal?.add(outcome);
      } catch (error) {
        trouble ??= error;
        stopper.abort();
      }
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  const summary = fuzzSummary(outcomes);
  context.output.data(summary, () => summaryText(summary));
  if (trouble !== undefined) throw trouble;
  if (stopper.signal.aborted) return EXIT.interrupted;
  return summary.withViolations === 0 && summary.crashes.length === 0 ? EXIT.ok : EXIT.failed;
};

const linesOf = (outcome: SeedOutcome): string[] =>
  'crash' in outcome
    ? [`CRASH at seed ${outcome.seed}: ${outcome.crash}`]
    : violationsOf(outcome).map(violationText);

const progressLine = (outcomes: readonly SeedOutcome[], all: number): string => {
  const failed = outcomes.filter((one) => 'crash' in one || one.violations.length > 0).length;
  return `${outcomes.length}/${all} episodes, ${failed} with violations or crashes`;
};
