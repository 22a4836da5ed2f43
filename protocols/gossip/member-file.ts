import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { replaceFile } from '../replaced-file.ts';
import { parseCounters, type Counters } from './counters.ts';

/** The files of a mesh member in its own directory: counters and durable state, replaced whole. */
export interface MemberFiles {
  readCounters(): Counters | undefined;
  writeCounters(counters: Counters): void;
  readState(): Uint8Array;
  writeState(bytes: Uint8Array): void;
}

const COUNTERS = 'mesh-counters.json';
const STATE = 'mesh-state.bin';

export const memberFiles = (directory: string): MemberFiles => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return {
    readCounters: () =>
      parseCounters(Buffer.from(readIfThere(join(directory, COUNTERS))).toString()),
    writeCounters: (counters) =>
      replaceFile(join(directory, COUNTERS), Buffer.from(JSON.stringify(counters))),
    readState: () => readIfThere(join(directory, STATE)),
    writeState: (bytes) => replaceFile(join(directory, STATE), bytes),
  };
};

const readIfThere = (path: string): Uint8Array => {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
};
