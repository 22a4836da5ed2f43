import type { Command } from 'commander';

import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';

interface RawFlyOptions {
  seed?: string;
  extraDelay?: string;
  samples: string;
  html?: string;
}

const optional = (text: string | undefined, option: string): number | undefined =>
  text === undefined ? undefined : wholeNumber(text, option);

/** `scenario`: whole episodes from files. */
export const addScenarioCommands = (program: Command): void => {
  const scenario = program
    .command('scenario')
    .description('whole episodes of a swarm from files, in virtual time');
  scenario
    .command('fly <file>')
    .description('fly one and judge it by its own criteria')
    .option('--seed <n>', "instead of the file's own")
    .option('--extra-delay <ms>', "of every hop on the radio, instead of the file's own")
    .option('--samples <n>', 'futures that a planner imagines per plan', '32')
    .option('--html <file>', 'a page of the flight to look at')
    .addHelpText(
      'after',
      '\nExamples:\n  skein scenario fly scenarios/antipodal-swap.yaml\n  skein scenario fly scenarios/antipodal-swap.yaml --extra-delay 100 --seed 7 --json',
    )
    .action(async (file: string, raw: RawFlyOptions, command: Command) => {
      const { runScenarioFly } = await import('./scenario.ts');
      await withContext(command, (context) =>
        runScenarioFly(context, {
          file,
          seed: optional(raw.seed, '--seed'),
          extraDelayMs: optional(raw.extraDelay, '--extra-delay'),
          samples: wholeNumber(raw.samples, '--samples'),
          html: raw.html,
          command: [
            'skein scenario fly',
            file,
            ...(raw.seed === undefined ? [] : ['--seed', raw.seed]),
          ].join(' '),
        }),
      );
    });
  scenario
    .command('validate <file>')
    .description('say what a file asks for, or what is wrong with it and where')
    .addHelpText('after', '\nExample:\n  skein scenario validate scenarios/forest-crossing.yaml')
    .action(async (file: string, _raw: object, command: Command) => {
      const { runScenarioValidate } = await import('./scenario.ts');
      await withContext(command, (context) => runScenarioValidate(context, file));
    });
  scenario
    .command('schema')
    .description('the format as JSON Schema, for editors')
    .addHelpText('after', '\nExample:\n  skein scenario schema > scenario.schema.json')
    .action(async (_raw: object, command: Command) => {
      const { runScenarioSchema } = await import('./scenario.ts');
      await withContext(command, (context) => runScenarioSchema(context));
    });
};
