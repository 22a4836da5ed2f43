import type { Command } from 'commander';

import type { DirectiveKind } from '#protocols/gossip/directive.ts';
import { createContext, wholeNumber, type Context, type GlobalOptions } from './context.ts';

/** Runs an action with its context and turns its exit code into the process's. */
export const withContext = async (
  command: Command,
  action: (context: Context) => number | Promise<number>,
): Promise<void> => {
  const context = createContext(command.optsWithGlobals<GlobalOptions>());
  process.exitCode = await action(context);
};

const DIRECTIVE_TEXT: Record<DirectiveKind, string> = {
  hold: 'stop and hold position, keep the goal',
  resume: 'go on after a hold, or re-engage after a pilot took over',
  rtl: 'return to launch by PX4',
  land: 'land where they are',
  abort: 'cancel the goal, return to launch, stay until a newer goal',
  kill: 'cut the motors at once: they fall',
};

/** Commands for a swarm in flight, real or simulated: thin clients of the station. */
export const addFlightCommands = (program: Command): void => {
  addMissionCommands(program);
  addDirectiveCommands(program);
  program
    .command('status')
    .description('one look at the swarm')
    .action(async (_options: object, command: Command) => {
      const { runStatus } = await import('./status.ts');
      await withContext(command, runStatus);
    });
  program
    .command('watch')
    .description('the swarm, live')
    .option('--period <seconds>', 'seconds between looks', '0.5')
    .option('--count <n>', 'stop after so many looks')
    .addHelpText(
      'after',
      '\nExample:\n  skein watch --json --count 10 | jq .mission.searchedFraction',
    )
    .action(async (options: { period: string; count?: string }, command: Command) => {
      const { runWatch } = await import('./status.ts');
      const count =
        options.count === undefined ? {} : { count: wholeNumber(options.count, '--count') };
      await withContext(command, (context) =>
        runWatch(context, { periodS: Math.max(0.1, Number(options.period) || 0.5), ...count }),
      );
    });
};

const addMissionCommands = (program: Command): void => {
  const mission = program.command('mission').description('check, start and follow a mission');
  mission
    .command('validate <file>')
    .description('check a mission file without flying it')
    .action(async (file: string, _options: object, command: Command) => {
      const { runMissionValidate } = await import('./mission.ts');
      await withContext(command, (context) => runMissionValidate(context, file));
    });
  mission
    .command('start <file>')
    .description('sign the mission as a goal and give it to the swarm')
    .option('--take-over', 'though another operator has the command')
    .action(async (file: string, options: { takeOver?: boolean }, command: Command) => {
      const { runMissionStart } = await import('./mission.ts');
      await withContext(command, (context) =>
        runMissionStart(context, file, options.takeOver === true),
      );
    });
  mission
    .command('progress')
    .description('how far the mission is')
    .option('--wait', 'until all have landed')
    .option('--timeout <seconds>', 'give up waiting after', '600')
    .action(async (options: { wait?: boolean; timeout: string }, command: Command) => {
      const { runMissionProgress } = await import('./mission.ts');
      const timeoutS = wholeNumber(options.timeout, '--timeout');
      await withContext(command, (context) =>
        runMissionProgress(context, { wait: options.wait === true, timeoutS }),
      );
    });
};

const addDirectiveCommands = (program: Command): void => {
  for (const kind of Object.keys(DIRECTIVE_TEXT) as DirectiveKind[]) {
    const command = program
      .command(`${kind} [sysids...]`)
      .description(DIRECTIVE_TEXT[kind])
      .option('--all', 'every drone')
      .option('--timeout <seconds>', 'seconds to wait for the answers', '5')
      .addHelpText('after', `\nExamples:\n  skein ${kind} 2\n  skein ${kind} --all --json`);
    if (kind === 'kill')
      command.option('--confirm-kill', 'the second confirmation that kill needs');
    if (kind === 'resume') command.option('--take-over', 'though another operator has the command');
    command.action(
      async (
        sysids: string[],
        options: { all?: boolean; timeout: string; confirmKill?: boolean; takeOver?: boolean },
        self: Command,
      ) => {
        const { runDirective } = await import('./directive.ts');
        const numbers = sysids.map((text) => wholeNumber(text, 'sysid'));
        await withContext(self, (context) =>
          runDirective(context, kind, numbers, {
            all: options.all === true,
            timeoutS: wholeNumber(options.timeout, '--timeout'),
            confirmed: options.confirmKill === true,
            takeOver: options.takeOver === true,
          }),
        );
      },
    );
  }
};
