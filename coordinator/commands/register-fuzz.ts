import type { Command } from 'commander';

import { wholeNumber } from './context.ts';
import type { EpisodeChoice } from './fuzz-options.ts';
import { withContext } from './register-flight.ts';

export interface RawFuzzOptions {
  drones?: string;
  mission?: string;
  faults: string;
  samples: string;
  learned: string;
  whole: string;
}

interface RawReplayOptions extends RawFuzzOptions {
  seed: string;
  until?: string;
  html?: string;
}

/** What to type to see the same again. */
const replayCommand = (raw: RawReplayOptions): string =>
  [
    `skein sim replay --seed ${raw.seed} --faults ${raw.faults} --samples ${raw.samples} --learned ${raw.learned} --whole ${raw.whole}`,
    ...(raw.drones === undefined ? [] : [`--drones ${raw.drones}`]),
    ...(raw.mission === undefined ? [] : [`--mission ${raw.mission}`]),
    ...(raw.until === undefined ? [] : [`--until ${raw.until}`]),
  ].join(' ');

export const withEpisodeOptions = (command: Command): Command =>
  command
    .option('--drones <n>', 'how many drones; drawn by each seed if left out, 3 to 12')
    .option('--mission <mission>', 'search, goto, swap or a file; drawn by each seed if left out')
    .option('--faults <kinds>', 'all, none, or kinds with commas, e.g. kill,partition,gnss', 'all')
    .option('--samples <n>', 'futures that the analytic planner imagines per plan', '32')
    .option('--learned <percent>', 'of the seeds that fly with the shipped model', '5')
    .option(
      '--whole <percent>',
      'of the seeds that fly until all are home; the others are cut off 20 to 60 s after the goal',
      '20',
    );

export const episodeOptions = (raw: RawFuzzOptions): EpisodeChoice => ({
  drones: raw.drones === undefined ? undefined : wholeNumber(raw.drones, '--drones'),
  mission: raw.mission,
  faults: raw.faults,
  samples: wholeNumber(raw.samples, '--samples'),
  learnedPercent: wholeNumber(raw.learned, '--learned'),
  wholePercent: wholeNumber(raw.whole, '--whole'),
});

/** `sim fuzz`, `sim replay` and `sim shrink`: whole swarms in one process and virtual time, with faults. */
export const addFuzzCommands = (sim: Command): void => {
  withEpisodeOptions(sim.command('fuzz'))
    .description(
      'fly whole swarms in virtual time, with seeded faults, before an invariant checker',
    )
    .requiredOption('--seeds <a..b>', 'one episode each, both ends included')
    .option('--jobs <n>', 'processes that fly at a time', '1')
    .option(
      '--out <file>',
      'journal, a line for each seed; a run with the same one goes on from it',
    )
    .option('--shrink <folder>', 'reduce the first of each violation to a scenario file there')
    .option('--stall <seconds>', 'an episode without a step for so long hangs', '60')
    .addHelpText(
      'after',
      '\nExamples:\n  skein sim fuzz --seeds 1..20 --jobs 2\n  skein sim fuzz --seeds 1..10000 --jobs 2 --out fuzz.jsonl\n  skein sim fuzz --seeds 7 --drones 5 --faults kill,partition --json',
    )
    .action(
      async (
        raw: RawFuzzOptions & {
          seeds: string;
          jobs: string;
          out?: string;
          shrink?: string;
          stall: string;
        },
        command: Command,
      ) => {
        const { runSimFuzz } = await import('./sim-fuzz.ts');
        await withContext(command, (context) =>
          runSimFuzz(context, {
            ...episodeOptions(raw),
            seeds: raw.seeds,
            jobs: wholeNumber(raw.jobs, '--jobs'),
            out: raw.out,
            shrink: raw.shrink,
            stallS: wholeNumber(raw.stall, '--stall'),
          }),
        );
      },
    );
  withEpisodeOptions(sim.command('replay'))
    .description('fly one seed of sim fuzz again, with the same options, and tell what happened')
    .requiredOption('--seed <n>', 'as sim fuzz named it')
    .option('--until <seconds>', 'end there')
    .option('--html <file>', 'also write a page: map with time slider, links, intents, verdicts')
    .addHelpText(
      'after',
      '\nExamples:\n  skein sim replay --seed 7 --until 40\n  skein sim replay --seed 7 --html seed-7.html',
    )
    .action(async (raw: RawReplayOptions, command: Command) => {
      const [{ fuzzSettings }, { runSimReplay }] = await Promise.all([
        import('./fuzz-options.ts'),
        import('./sim-replay.ts'),
      ]);
      const untilMs =
        raw.until === undefined ? undefined : 1000 * wholeNumber(raw.until, '--until');
      await withContext(command, (context) =>
        runSimReplay(
          context,
          wholeNumber(raw.seed, '--seed'),
          { ...fuzzSettings(episodeOptions(raw)), untilMs },
          { html: raw.html, command: replayCommand(raw) },
        ),
      );
    });
  addShrinkCommand(sim);
};

const addShrinkCommand = (sim: Command): void => {
  withEpisodeOptions(sim.command('shrink'))
    .description('reduce a seed that violates an invariant to a minimal scenario file')
    .requiredOption('--seed <n>', 'as sim fuzz named it, with the same options')
    .option('--invariant <id>', 'which, if it violates several')
    .option('--out <folder>', 'where the file goes', '.')
    .addHelpText('after', '\nExample:\n  skein sim shrink --seed 7 --out test/swarm/regressions')
    .action(
      async (
        raw: RawFuzzOptions & { seed: string; invariant?: string; out: string },
        command: Command,
      ) => {
        const [{ fuzzSettings }, { runSimShrink }] = await Promise.all([
          import('./fuzz-options.ts'),
          import('./sim-shrink.ts'),
        ]);
        await withContext(command, (context) =>
          runSimShrink(context, {
            seed: wholeNumber(raw.seed, '--seed'),
            settings: fuzzSettings(episodeOptions(raw)),
            invariant: raw.invariant,
            out: raw.out,
          }),
        );
      },
    );
};
