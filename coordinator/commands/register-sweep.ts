import type { Command } from 'commander';

import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';
import { episodeOptions, withEpisodeOptions, type RawFuzzOptions } from './register-fuzz.ts';

interface RawSweepOptions extends RawFuzzOptions {
  seeds: string;
  chunk: string;
  jobs?: string;
  redis?: string;
  out?: string;
  until?: string;
}

const jobsOf = (jobs: string | undefined): number | undefined =>
  jobs === undefined ? undefined : wholeNumber(jobs, '--jobs');

/** `sweep` and `sweep work`: more episodes than one process flies. */
export const addSweepCommands = (program: Command): void => {
  const sweep = withEpisodeOptions(program.command('sweep'))
    .description(
      'fly the episodes of many seeds on many threads or machines, into one Parquet table',
    )
    .option('--seeds <a..b>', 'one episode each, both ends included')
    .option('--chunk <n>', 'seeds that a worker takes at a time', '50')
    .option('--until <seconds>', 'end every episode there')
    .option('--jobs <n>', 'threads of this machine (default: one per core)')
    .option('--redis <url>', 'a queue for workers on many machines (skein sweep work)')
    .option(
      '--out <dir>',
      'where results are kept (default .skein/sweep-ID); the same command goes on there',
    )
    .addHelpText(
      'after',
      `
Examples:
  skein sweep --seeds 1..10000 --drones 5
  skein sweep --seeds 1..10000 --redis redis://10.0.0.5:6379 --out sweep-october
  skein sweep work --redis redis://10.0.0.5:6379 --jobs 8      on each machine that flies`,
    )
    .action(async (raw: RawSweepOptions, command: Command) => {
      if (raw.seeds === undefined)
        command.error("error: required option '--seeds <a..b>' not specified");
      const [{ runSweep }, { fuzzSettings }] = await Promise.all([
        import('./sweep.ts'),
        import('./fuzz-options.ts'),
      ]);
      const untilMs =
        raw.until === undefined ? undefined : 1000 * wholeNumber(raw.until, '--until');
      await withContext(command, (context) =>
        runSweep(context, {
          seeds: raw.seeds,
          settings: {
            ...fuzzSettings(episodeOptions(raw)),
            ...(untilMs === undefined ? {} : { untilMs }),
          },
          chunk: wholeNumber(raw.chunk, '--chunk'),
          jobs: jobsOf(raw.jobs),
          redis: raw.redis,
          out: raw.out,
        }),
      );
    });
  addWorkCommand(sweep);
};

const addWorkCommand = (sweep: Command): void => {
  sweep
    .command('work')
    .description('fly chunks of sweeps that wait in a queue, until stopped')
    .option('--jobs <n>', 'threads (default: one per core)')
    .option('--model <dir>', 'release that flies the learned ones, here', 'models/current')
    .option('--lease <seconds>', 'silent for so long, a worker loses its chunk to another', '30')
    .addHelpText('after', '\nExample:\n  skein sweep work --redis redis://10.0.0.5:6379 --jobs 8')
    .action(async (_raw: unknown, command: Command) => {
      // `--redis` and `--jobs` are the sweep's options too, and commander may give them to it.
      const raw = command.optsWithGlobals<{
        redis?: string;
        jobs?: string;
        lease: string;
        model: string;
      }>();
      const { redis } = raw;
      if (redis === undefined)
        return command.error("error: required option '--redis <url>' not specified");
      const { runSweepWork } = await import('./sweep.ts');
      await withContext(command, (context) =>
        runSweepWork(context, {
          redis,
          jobs: jobsOf(raw.jobs),
          leaseS: wholeNumber(raw.lease, '--lease'),
          model: raw.model,
        }),
      );
    });
};
