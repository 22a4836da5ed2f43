import type { Command } from 'commander';

import { withContext } from './register-flight.ts';

/** Commands about the network between the members. */
export const addMeshCommands = (program: Command): void => {
  program
    .command('mesh')
    .description('the network between the members')
    .command('show')
    .description(
      'who is reached and how, what is lost, how old, how much, and who was refused and why',
    )
    .addHelpText(
      'after',
      `
Examples:
  skein mesh show
  skein --json mesh show | jq '.peers[] | select(.path != "direct")'

path     direct: a link of the station's; relayed: heard by way of others; silent: not for ten seconds
heard    since its own voice was heard last
loss     share of its words of the last ten to twenty seconds that did not come, or came too late
said     bytes of its own words so far, whoever carried them; rate: of the last ten to twenty seconds
roster   epoch of the roster that it goes by

The first line names the authority that signed this member's roster, as "skein roster show" does.`,
    )
    .action(async (_options: object, command: Command) => {
      const { runMeshShow } = await import('./mesh-show.ts');
      await withContext(command, runMeshShow);
    });
};
