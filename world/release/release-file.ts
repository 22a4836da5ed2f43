import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '#protocols/fault.ts';
import { CARD_FILE, MANIFEST_FILE, SIGNATURE_FILE, WEIGHTS_FILE } from './manifest.ts';
import { unpackRelease } from './pack.ts';
import type { ReleaseFiles } from './release.ts';

const NAMES = [MANIFEST_FILE, SIGNATURE_FILE, WEIGHTS_FILE, CARD_FILE];

/**
 * The door from disk: a release directory's files, or those of one packed file, unverified. Throws Faults
 * `release-unreadable` and `release-malformed` (exit usage).
 */
export const readReleaseFiles = (directory: string): ReleaseFiles => {
  if (statSync(directory, { throwIfNoEntry: false })?.isFile() === true) {
    return unpackRelease(Uint8Array.from(readFileSync(directory)), directory);
  }
  const files = new Map<string, Uint8Array>();
  for (const name of NAMES) {
    const path = join(directory, name);
    try {
      files.set(name, Uint8Array.from(readFileSync(path)));
    } catch (cause) {
      throw new Fault('release-unreadable', `${path} cannot be read`, {
        data: { file: path },
        remedy:
          'Give the directory of a release (models/current is the shipped one), or train one: skein model train --quick.',
        exit: 'usage',
        cause,
      });
    }
  }
  return files;
};

/** The door to disk: writes a sealed release, creating `directory`. */
export const writeReleaseFiles = (directory: string, files: ReleaseFiles): void => {
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
};
