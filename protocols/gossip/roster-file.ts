import { readFileSync, writeFileSync } from 'node:fs';

import { Fault } from '../fault.ts';
import type { Roster } from './roster.ts';
import { openRoster } from './signed-roster.ts';
import { verifySignature } from './signing.ts';

/** Throws Fault 'roster-unreadable' or any of {@link openRoster}. */
export const loadRoster = (
  path: string,
  authorityKey: Uint8Array,
): { roster: Roster; bytes: Uint8Array } => {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(readFileSync(path));
  } catch (cause) {
    throw new Fault('roster-unreadable', `the roster ${path} cannot be read`, {
      data: { path },
      remedy: 'Check the path, or fetch the roster from the authority.',
      exit: 'usage',
      cause,
    });
  }
  return { roster: openRoster(bytes, authorityKey, verifySignature), bytes };
};

/** Writes a roster as {@link signRoster} made it. */
export const saveRoster = (path: string, signedRoster: Uint8Array): void => {
  writeFileSync(path, signedRoster);
};
