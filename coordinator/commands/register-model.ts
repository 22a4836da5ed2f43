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
};
