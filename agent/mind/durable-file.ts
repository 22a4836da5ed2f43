import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';

import { parseDurable, type DurableState } from './durable.ts';

/** Null when there is no file yet or it is torn: a fresh start. */
export const readDurable = (path: string): DurableState | null => {
  try {
    return parseDurable(readFileSync(path, 'utf8')) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Whole or not at all: written beside, synced, renamed. Not synchronous: a slow card must not stall a tick. */
export const writeDurable = async (path: string, state: DurableState): Promise<void> => {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(state));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
};
