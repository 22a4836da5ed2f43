import type { Command } from 'commander';

import { Fault } from '#protocols/fault.ts';
import { wholeNumber } from './context.ts';
import { withContext } from './register-flight.ts';

interface RawOptions {
  link?: string[];
  sysid?: string[];
  all?: boolean;
  fleet?: string[];
  mission?: string;
  fix?: boolean;
  yes?: boolean;
  rc?: boolean;
  simulated?: boolean;
  rates?: boolean;
  signingKey?: string;
  timeout: string;
}

/** The check before a flight, of one vehicle on the bench or of a whole swarm. */
export const addPreflightCommand = (program: Command): void => {
  program
    .command('preflight')
    .description('what speaks against arming, by name and remedy; with --fix, set the safe values')
    .option(
      '--link <address...>',
      'UDP, TCP or serial, one for all or one for each (default udp://127.0.0.1:14550)',
    )
    .option('--sysid <n...>', "vehicles to check; default: the station's, or the only one there")
    .option('--all', 'every vehicle that sends to the links')
    .option('--fleet <n...>', 'all drones of the mission, where more fly than are checked')
    .option('--mission <file>', 'the mission to be flown: its fence, layers, reserve and policies')
    .option('--fix', 'set the parameters that mend what was found, after a question')
    .option('--yes', 'no question')
    .option('--rc', 'a safety pilot with a radio stands by each vehicle')
    .option('--no-rc', 'nobody has a radio')
    .option('--simulated', 'the vehicle has no hardware')
    .option('--rates', "ask for the pilot's streams and see whether they come (own link only)")
    .option('--signing-key <file>', 'the key that the vehicles sign with, if they do')
    .option('--timeout <seconds>', 'how long to wait for each heartbeat', '5')
    .addHelpText(
      'after',
      '\nExamples:\n  skein preflight --link udp://127.0.0.1:14540 --mission missions/search-irchel-corner.yaml\n' +
        '  skein preflight --link serial:///dev/ttyAMA0:921600 --rc --rates --fix\n' +
        '  skein preflight --all --mission missions/search-irchel.yaml\n  skein preflight --sysid 1 2 3 --json\n\nExit codes: 0 ready, 3 not to be armed, 5 a vehicle was not heard.',
    )
    .action(async (raw: RawOptions, command: Command) => {
      const { runPreflight } = await import('./preflight.ts');
      await withContext(command, (context) =>
        runPreflight(context, {
          links: raw.link ?? [],
          sysids: (raw.sysid ?? [])
            .flatMap((text) => text.split(','))
            .map((text) => sysidOf(text, '--sysid')),
          all: raw.all === true,
          fleet: raw.fleet?.map((text) => sysidOf(text, '--fleet')),
          missionFile: raw.mission,
          fix: raw.fix === true,
          yes: raw.yes === true,
          radio: raw.rc,
          simulated: raw.simulated === true,
          rates: raw.rates === true,
          signingKey: raw.signingKey,
          timeoutS: wholeNumber(raw.timeout, '--timeout'),
        }),
      );
    });
};

const sysidOf = (text: string, option: string): number => {
  const sysid = Number(text);
  if (Number.isInteger(sysid) && sysid >= 1 && sysid <= 255) return sysid;
  throw new Fault('usage', `${option} is "${text}": 1 to 255 are system ids`, {
    exit: 'usage',
    data: { option, value: text },
    remedy: `Write for example ${option} 1 2 3.`,
  });
};
