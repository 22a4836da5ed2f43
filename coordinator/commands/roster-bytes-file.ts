import { readFileSync } from 'node:fs';

import { Fault } from '#protocols/fault.ts';

/** Door: a signed roster as it is; the station judges it. Throws Fault 'roster-unreadable'. */
export const readRosterBytes = (path: string): Uint8Array => {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    throw new Fault('roster-unreadable', `the roster ${path} cannot be read`, {
      data: { path, field: '--roster' },
      remedy: 'Check the path, or fetch the roster from the authority.',
      exit: 'usage',
      cause,
    });
  }
};
