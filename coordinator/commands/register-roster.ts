import type { Command } from 'commander';

import { wholeNumber } from './context.ts';
import { addEnrol, addRotate } from './register-enrol.ts';
import { withContext } from './register-flight.ts';
import { AUTHORITY, requireShort, someDays, type AuthorityFlags } from './roster-arguments.ts';

interface PublishFlags extends AuthorityFlags {
  timeout: string;
  leave?: boolean;
}

const withPublishOptions = (command: Command): Command =>
  command
    .option('--timeout <seconds>', 'how long to wait for the members', '10')
    .option('--leave', 'even if the roster shuts out the station that spreads it');

/** Who belongs to a swarm: the authority's commands, and those of a machine that wants in. */
export const addRosterCommands = (program: Command): void => {
  const roster = program
    .command('roster')
    .description('who belongs to the swarm and may say what: enrol, revoke, change keys')
    .addHelpText(
      'after',
      `
A swarm from nothing, by files alone (the authority's machine needs no network):
  skein roster init --swarm meadow
  skein roster enrol token 1 quad-1 --out quad-1.token
  skein roster enrol token 1000 base --role operator --out base.token
  skein roster enrol request --token quad-1.token --key quad-1.pem --out quad-1.request \\
      --address /ip4/10.0.0.1/udp/9000/quic-v1              # on the drone
  skein roster enrol accept quad-1.request base.request
A stolen key, in flight:
  skein roster revoke quad-2

Exit codes: 0 ok, 2 usage, 3 refused, 4 a reachable member has not adopted the roster, 5 no station.`,
    );
  addInitAndShow(roster);
  addEnrol(roster);
  addRotate(roster);
  addRevoke(roster);
};

const addInitAndShow = (roster: Command): void => {
  roster
    .command('init')
    .description('make the key that signs who belongs, and a roster with nobody in it')
    .requiredOption('--swarm <name>', 'name of the swarm')
    .option('--days <n>', 'how long the roster is good for; members do not start after it', '90')
    .option(...AUTHORITY)
    .addHelpText('after', '\nExample:\n  skein roster init --swarm meadow --days 30')
    .action(async (flags: AuthorityFlags & { swarm: string; days: string }, command: Command) => {
      const { runRosterInit } = await import('./roster.ts');
      await withContext(command, (context) =>
        runRosterInit(context, {
          directory: flags.authority,
          swarm: requireShort(flags.swarm, '--swarm', 64),
          days: someDays(flags.days),
        }),
      );
    });
  roster
    .command('show')
    .description('who belongs, until when, which tokens are open; exit 3 when it has expired')
    .option(...AUTHORITY)
    .option('--roster <file>', "a member's roster instead of the authority's")
    .option('--authority-key <hex>', 'the public key that must have signed it')
    .addHelpText(
      'after',
      '\nExamples:\n  skein roster show\n  skein roster show --json --roster roster.bin --authority-key 3f…',
    )
    .action(
      async (
        flags: AuthorityFlags & { roster?: string; authorityKey?: string },
        command: Command,
      ) => {
        const { runRosterShow } = await import('./roster.ts');
        await withContext(command, (context) =>
          runRosterShow(context, {
            directory: flags.authority,
            rosterFile: flags.roster,
            authorityKeyHex: flags.authorityKey,
          }),
        );
      },
    );
};

const addRevoke = (roster: Command): void => {
  withPublishOptions(
    roster
      .command('revoke <members...>')
      .description('a roster without these members (ids or names), into the mesh at once')
      .option(...AUTHORITY)
      .option('--no-publish', 'sign it only')
      .option('--in-flight', 'even if it is armed: it hears no order any more'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  skein roster revoke quad-2\n  skein roster revoke 1001 --timeout 20 --json\n\n' +
        'Cancels their open tokens too. Exit 4: a reachable member has not adopted the roster in time.',
    )
    .action(
      async (
        members: string[],
        flags: PublishFlags & { publish: boolean; inFlight?: boolean },
        command: Command,
      ) => {
        const { runRosterRevoke } = await import('./roster-publish.ts');
        await withContext(command, (context) =>
          runRosterRevoke(context, {
            directory: flags.authority,
            members,
            publish: flags.publish,
            inFlight: flags.inFlight === true,
            leave: flags.leave === true,
            timeoutS: wholeNumber(flags.timeout, '--timeout'),
          }),
        );
      },
    );
  withPublishOptions(
    roster
      .command('publish')
      .description('the newest signed roster into the mesh, and who has adopted it')
      .option(...AUTHORITY)
      .option('--roster <file>', 'a signed roster, where the authority is on another machine'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  skein roster publish\n  skein roster publish --roster roster.bin',
    )
    .action(async (flags: PublishFlags & { roster?: string }, command: Command) => {
      const { runRosterPublish } = await import('./roster-publish.ts');
      await withContext(command, (context) =>
        runRosterPublish(context, {
          directory: flags.authority,
          rosterFile: flags.roster,
          leave: flags.leave === true,
          timeoutS: wholeNumber(flags.timeout, '--timeout'),
        }),
      );
    });
};
