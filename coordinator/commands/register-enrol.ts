import { Option, type Command } from 'commander';

import { ROLES, type Role } from '#protocols/gossip/roster.ts';
import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';
import {
  AUTHORITY,
  memberId,
  requireShort,
  someDays,
  upTo,
  type AuthorityFlags,
} from './roster-arguments.ts';

interface TokenFlags extends AuthorityFlags {
  role: Role;
  precedence: string;
  hours: string;
  replace?: boolean;
  out: string;
}

interface RequestFlags {
  token: string;
  key: string;
  address?: string[];
  out: string;
}

interface RotateFlags {
  swarm: string;
  key: string;
  newKey: string;
  address?: string[];
  out: string;
}

/** How a machine comes in: token, request, accept. */
export const addEnrol = (roster: Command): void => {
  const enrol = roster
    .command('enrol')
    .description('bring a machine in: token (authority) → request (machine) → accept (authority)');
  enrol
    .command('token <id> <name>')
    .description('at the authority: a token with which one machine may enrol, once')
    .addOption(new Option('--role <role>', 'what it may say').choices([...ROLES]).default('drone'))
    .option('--precedence <n>', 'of an operator, 0–255: the greater counts', '0')
    .option('--hours <n>', 'how long the token is good for', '24')
    .option('--replace', 'the member is in the roster and lost its key')
    .requiredOption('--out <file>', 'the token; a secret, for this user only')
    .option(...AUTHORITY)
    .addHelpText(
      'after',
      '\nExamples:\n  skein roster enrol token 3 quad-3 --out quad-3.token\n' +
        '  skein roster enrol token 1000 base --role operator --precedence 10 --out base.token\n\n' +
        "A drone's id is its MAVLink system id, 1 to 250; operators and observers take any other, up to 65535.",
    )
    .action(async (id: string, name: string, flags: TokenFlags, command: Command) => {
      const { runEnrolToken } = await import('./roster-enrol.ts');
      await withContext(command, (context) =>
        runEnrolToken(context, {
          directory: flags.authority,
          member: memberId(id, flags.role),
          name: requireShort(name, 'the name', 32),
          role: flags.role,
          precedence: upTo(wholeNumber(flags.precedence, '--precedence'), 255, '--precedence'),
          hours: upTo(wholeNumber(flags.hours, '--hours'), 24 * 365, '--hours'),
          replace: flags.replace === true,
          out: flags.out,
        }),
      );
    });
  enrol
    .command('request')
    .description('on the machine that wants in: makes its key, writes a request for the authority')
    .requiredOption('--token <file>', 'the token that the authority made for it')
    .requiredOption('--key <file>', 'where its new private key goes (keys.privateKeyFile)')
    .requiredOption('--out <file>', 'the request; no secret')
    .option('--address <multiaddr...>', 'where other members reach it')
    .addHelpText(
      'after',
      '\nExample:\n  skein roster enrol request --token quad-3.token --key quad-3.pem --out quad-3.request \\\n' +
        '    --address /ip4/10.0.0.3/udp/9000/quic-v1 /ip4/10.0.0.3/tcp/9000',
    )
    .action(async (flags: RequestFlags, command: Command) => {
      const { runEnrolRequest } = await import('./roster-enrol.ts');
      await withContext(command, (context) =>
        runEnrolRequest(context, {
          tokenFile: flags.token,
          keyFile: flags.key,
          addresses: flags.address ?? [],
          out: flags.out,
        }),
      );
    });
  addAccept(enrol, 'skein roster enrol accept quad-3.request quad-4.request');
};

const addAccept = (parent: Command, example: string): void => {
  parent
    .command('accept <request...>')
    .description('at the authority: a roster of the next epoch with these members in it')
    .option(...AUTHORITY)
    .addHelpText('after', `\nExample:\n  ${example}\n  skein roster publish`)
    .action(async (requestFiles: string[], flags: AuthorityFlags, command: Command) => {
      const { runAccept } = await import('./roster-enrol.ts');
      await withContext(command, (context) =>
        runAccept(context, { directory: flags.authority, requestFiles }),
      );
    });
};

/** New keys and new dates. */
export const addRotate = (roster: Command): void => {
  const rotate = roster
    .command('rotate')
    .description("change a key (a member's, the authority's, the group's), or the roster's date");
  rotate
    .command('request <id>')
    .description('on the member: a new key, vouched for by the present one')
    .requiredOption('--swarm <name>', 'the swarm that it belongs to')
    .requiredOption('--key <file>', 'its present private key')
    .requiredOption('--new-key <file>', 'where the new one goes')
    .requiredOption('--out <file>', 'the request; no secret')
    .option('--address <multiaddr...>', 'new addresses; left out: those in the roster stay')
    .addHelpText(
      'after',
      '\nExample:\n  skein roster rotate request 3 --swarm meadow --key quad-3.pem --new-key quad-3-new.pem --out quad-3.request\n\n' +
        'A key that was lost or stolen vouches for nothing: skein roster revoke, then enrol token.',
    )
    .action(async (id: string, flags: RotateFlags, command: Command) => {
      const { runRotateRequest } = await import('./roster-enrol.ts');
      await withContext(command, (context) =>
        runRotateRequest(context, {
          swarm: flags.swarm,
          member: memberId(id, 'observer'),
          presentKeyFile: flags.key,
          newKeyFile: flags.newKey,
          addresses: flags.address ?? [],
          out: flags.out,
        }),
      );
    });
  addAccept(rotate, 'skein roster rotate accept quad-3.request');
  addAuthorityRotations(rotate);
};

/** What the authority changes by itself: its key, the group's, the date. */
const addAuthorityRotations = (rotate: Command): void => {
  rotate
    .command('authority')
    .description('at the authority: a new key that signs rosters; the present one signs it in')
    .option(...AUTHORITY)
    .addHelpText(
      'after',
      '\nExample:\n  skein roster rotate authority\n  skein roster publish\n\n' +
        'Members follow by themselves; rosters that only the old key signed are refused from then on.\n' +
        'A thief of the old key could hand over too: members believe whom they hear first, so do not wait.',
    )
    .action(async (flags: AuthorityFlags, command: Command) => {
      const { runRotateAuthority } = await import('./roster.ts');
      await withContext(command, (context) =>
        runRotateAuthority(context, { directory: flags.authority }),
      );
    });
  rotate
    .command('group')
    .description('at the authority: a fresh group key for the fast lane, same members')
    .option(...AUTHORITY)
    .addHelpText('after', '\nExample:\n  skein roster rotate group\n  skein roster publish')
    .action(async (flags: AuthorityFlags, command: Command) => {
      const { runRotateGroup } = await import('./roster.ts');
      await withContext(command, (context) =>
        runRotateGroup(context, { directory: flags.authority }),
      );
    });
  rotate
    .command('expiry')
    .description('at the authority: the same members under a new date')
    .option('--days <n>', 'from now', '90')
    .option(...AUTHORITY)
    .addHelpText(
      'after',
      '\nExample:\n  skein roster rotate expiry --days 90\n  skein roster publish',
    )
    .action(async (flags: AuthorityFlags & { days: string }, command: Command) => {
      const { runRosterExpiry } = await import('./roster.ts');
      await withContext(command, (context) =>
        runRosterExpiry(context, { directory: flags.authority, days: someDays(flags.days) }),
      );
    });
};
