import type { Command } from 'commander';

import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';

export interface RawFuzzOptions {
  drones: string;
  mission: string;
  faults: string;
  samples: string;
}

interface RawReplayOptions extends RawFuzzOptions {
  seed: string;
  until?: string;
  html?: string;
}

/** What to type to see the same again. */
const replayCommand = ({
  seed,
  drones,
  mission,
  faults,
  samples,
  until,
}: RawReplayOptions): string =>
  [
    `skein sim replay --seed ${seed} --drones ${drones} --mission ${mission}`,
    `--faults ${faults} --samples ${samples}`,
    ...(until === undefined ? [] : [`--until ${until}`]),
  ].join(' ');

export const withEpisodeOptions = (command: Command): Command =>
  command
    .option('--drones <n>', 'how many drones', '3')
    .option('--mission <file>', 'the mission', 'missions/search-irchel-corner.yaml')
    .option('--faults <kinds>', 'all, none, or kinds with commas, e.g. kill,partition,gnss', 'all')
    .option('--samples <n>', 'futures that a planner imagines per plan', '32');

export const episodeOptions = (raw: RawFuzzOptions) => ({
  drones: wholeNumber(raw.drones, '--drones'),
  missionFile: raw.mission,
  faults: raw.faults,
  samples: wholeNumber(raw.samples, '--samples'),
});

/** `sim fuzz` and `sim replay`: whole swarms in one process and virtual time, with faults. */
export const addFuzzCommands = (sim: Command): void => {
  withEpisodeOptions(sim.command('fuzz'))
    .description(
      'fly whole swarms in virtual time, with seeded faults, before an invariant checker',
    )
    .requiredOption('--seeds <a..b>', 'one episode each, both ends included')
    .option('--jobs <n>', 'threads', '1')
    .addHelpText(
      'after',
      '\nExamples:\n  skein sim fuzz --seeds 1..20 --jobs 2\n  skein sim fuzz --seeds 7 --drones 5 --faults kill,partition --json',
    )
    .action(async (raw: RawFuzzOptions & { seeds: string; jobs: string }, command: Command) => {
      const { runSimFuzz } = await import('./sim-fuzz.ts');
      await withContext(command, (context) =>
        runSimFuzz(context, {
          ...episodeOptions(raw),
          seeds: raw.seeds,
          jobs: wholeNumber(raw.jobs, '--jobs'),
        }),
      );
    });
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
        import('./sim-fuzz.ts'),
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
};
