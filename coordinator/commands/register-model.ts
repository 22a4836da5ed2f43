import type { Command } from 'commander';

import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';

interface TrainFlags {
  quick?: boolean;
  seed: string;
  out: string;
}

/** Commands about world models: train one from simulated flights, show what a release says of itself. */
export const addModelCommands = (program: Command): void => {
  const model = program.command('model').description('world models: train, look at, verify');
  model
    .command('train')
    .description('fly in virtual time, train an ensemble, sign a release')
    .option(
      '--quick',
      'a release of the same quality from nothing in at most three minutes on two cores',
    )
    .option('--seed <n>', 'seeds flights and training', '1')
    .option('--out <dir>', 'directory of the release; must not exist', '.skein/model')
    .addHelpText(
      'after',
      '\nExample:\n  skein model train --quick --out .skein/model\n  skein sim run --model .skein/model',
    )
    .action(async (flags: TrainFlags, command: Command) => {
      const { runModelTrain } = await import('./model.ts');
      await withContext(command, (context) =>
        runModelTrain(context, {
          quick: flags.quick === true,
          seed: wholeNumber(flags.seed, '--seed'),
          out: flags.out,
        }),
      );
    });
  model
    .command('show [dir]')
    .description('verify a release and say what it is')
    .action(async (dir: string | undefined, _options: object, command: Command) => {
      const { runModelShow } = await import('./model.ts');
      await withContext(command, (context) => runModelShow(context, dir ?? 'models/current'));
    });
  model
    .command('send [dir]')
    .description('a verified release to every drone over the mesh, piece by piece, beside all else')
    .option('--timeout <s>', 'how long to wait for the drones; it goes on afterwards', '300')
    .addHelpText(
      'after',
      `
Examples:
  skein model send
  skein --json model send .skein/model | jq '.drones[] | select(.state != "whole")'

Drones that have pieces serve each other, and go on where they were after a cut or a restart. On a drone
the release is the file contents/NAME-VERSION in its directory, which "skein model show" verifies. It
changes nothing of how a drone flies.
Exit code 4: a reachable drone had not all of it in time.`,
    )
    .action(async (dir: string | undefined, flags: { timeout: string }, command: Command) => {
      const { runModelSend } = await import('./model-send.ts');
      await withContext(command, (context) =>
        runModelSend(context, {
          directory: dir ?? 'models/current',
          timeoutS: wholeNumber(flags.timeout, '--timeout'),
        }),
      );
    });
};
