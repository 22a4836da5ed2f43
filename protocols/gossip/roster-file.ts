import { readFileSync } from 'node:fs';

import { Fault } from '../fault.ts';
import { replaceFile } from '../replaced-file.ts';
import type { Roster } from './roster.ts';
import { openRoster } from './signed-roster.ts';
import { verifySignature } from './signing.ts';

/** A signed roster as it is. Throws Fault 'roster-unreadable'. */
export const readRoster = (path: string): Uint8Array => {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    throw new Fault('roster-unreadable', `the roster ${path} cannot be read`, {
      data: { path },
      remedy: 'Check the path, or fetch the roster from the authority.',
      exit: 'usage',
      cause,
    });
  }
};

/** Throws Fault 'roster-unreadable' or any of {@link openRoster}. */
export const loadRoster = (
  path: string,
  authorityKey: Uint8Array,
): { roster: Roster; bytes: Uint8Array } => {
  const bytes = readRoster(path);
  return { roster: openRoster(bytes, authorityKey, verifySignature), bytes };
};

/** Puts a roster, as signRoster made it, in the place of an older one. */
export const saveRoster = (path: string, signedRoster: Uint8Array): void => {
  replaceFile(path, signedRoster);
};
