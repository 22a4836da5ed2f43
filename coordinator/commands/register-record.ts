import type { Command } from 'commander';

import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';

/** Where a simulated run leaves its files unless told otherwise. */
const DEFAULT_RUN_DIRECTORY = '.skein/run';

interface ReplayFlags {
  every: string;
  plans: boolean;
  model?: string;
}

/** Commands about what was recorded: they need no station and no drone. */
export const addRecordCommands = (program: Command): void => {
  const log = program.command('log').description('verify, read and replay the records of flights');
  log
    .command('verify <directories...>')
    .description('check every byte of a flight, or of all flights of a run, and the signed heads')
    .option('--allow-truncated', 'a flight that lacks its end, as after a crash, is good enough')
    .addHelpText(
      'after',
      '\nExit codes: 0 verified, 1 a byte or a link is wrong, 2 no log there, 3 sound but cut short.\n' +
        '\nExamples:\n  skein log verify .skein/run\n  skein log verify .skein/run/drone-1/flights/1767225600 --json',
    )
    .action(
      async (directories: string[], options: { allowTruncated?: boolean }, command: Command) => {
        const { runLogVerify } = await import('./log.ts');
        const allowTruncated = options.allowTruncated === true;
        await withContext(command, (context) =>
          runLogVerify(context, directories, { allowTruncated }),
        );
      },
    );
  log
    .command('show <directory>')
    .description('the records of one flight, in the order they were written')
    .option('--channel <name>', 'only this channel, e.g. mind/plan')
    .option('--limit <n>', 'at most so many', '100')
    .addHelpText(
      'after',
      '\nExample:\n  skein log show .skein/run/drone-1 --channel pilot/status --json | jq .content.values.phase',
    )
    .action(
      async (directory: string, options: { channel?: string; limit: string }, command: Command) => {
        const { runLogShow } = await import('./log.ts');
        const limit = wholeNumber(options.limit, '--limit');
        await withContext(command, (context) =>
          runLogShow(context, directory, { channel: options.channel, limit }),
        );
      },
    );
  log
    .command('replay <directories...>')
    .description('run the recorded inputs again and compare every output, and the plans')
    .option('--every <n>', 'imagine only every n-th plan again', '1')
    .option('--no-plans', 'ticks only, no plans')
    .option('--model <directory>', 'another release than the one that was flown')
    .addHelpText(
      'after',
      '\nExit codes: 0 the same outputs, 1 something differs.\n' +
        '\nExample:\n  skein log replay .skein/run/drone-1 --every 10',
    )
    .action(async (directories: string[], options: ReplayFlags, command: Command) => {
      const { runLogReplay } = await import('./replay.ts');
      const everyPlan = options.plans ? wholeNumber(options.every, '--every') : 0;
      await withContext(command, (context) =>
        runLogReplay(context, directories, { everyPlan, modelDir: options.model }),
      );
    });
  addExchangeCommands(log);
  program
    .command('report [directory]')
    .description('one HTML file about a run that ended, and its figures')
    .option('--out <file>', 'where to write it (default report.html in the run directory)')
    .action(async (directory: string | undefined, options: { out?: string }, command: Command) => {
      const { runReport } = await import('./report.ts');
      await withContext(command, (context) =>
        runReport(context, directory ?? DEFAULT_RUN_DIRECTORY, options.out),
      );
    });
};

const addExchangeCommands = (log: Command): void => {
  log
    .command('export <directory>')
    .description('one flight for the tools of others')
    .option('--tlog <file>', 'telemetry log: every packet between pilot and autopilot')
    .option('--mcap <file>', 'position, attitude, setpoint, mode and battery, for Foxglove')
    .option('--force', 'replace files that exist')
    .addHelpText(
      'after',
      '\nExample:\n  skein log export .skein/run/drone-1 --tlog flight.tlog --mcap flight.mcap',
    )
    .action(
      async (
        directory: string,
        { tlog, mcap, force }: { tlog?: string; mcap?: string; force?: boolean },
        command: Command,
      ) => {
        const { runLogExport } = await import('./log-exchange.ts');
        const files = {
          ...(tlog === undefined ? {} : { tlog }),
          ...(mcap === undefined ? {} : { mcap }),
        };
        await withContext(command, (context) =>
          runLogExport(context, directory, { ...files, force: force === true }),
        );
      },
    );
  log
    .command('import <file>')
    .description("PX4's .ulg or a .tlog, as the same kind of .mcap that export writes")
    .requiredOption('--mcap <file>', 'where to write it')
    .option('--sysid <n>', 'which vehicle of a .tlog with several')
    .option('--force', 'replace the file if it exists')
    .addHelpText('after', '\nExample:\n  skein log import log_42.ulg --mcap flight.mcap')
    .action(
      async (
        file: string,
        flags: { mcap: string; sysid?: string; force?: boolean },
        command: Command,
      ) => {
        const { runLogImport } = await import('./log-exchange.ts');
        const sysid = flags.sysid === undefined ? undefined : wholeNumber(flags.sysid, '--sysid');
        await withContext(command, (context) =>
          runLogImport(context, file, { mcap: flags.mcap, force: flags.force === true, sysid }),
        );
      },
    );
};
