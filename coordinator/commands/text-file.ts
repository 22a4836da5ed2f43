import { readFile, writeFile } from 'node:fs/promises';

import { Fault } from '#protocols/fault.ts';

const systemCode = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';

/** Door: a file that the operator named. Throws the Fault `file-unreadable` (exit usage). */
export const readTextFile = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Fault('file-unreadable', `${file} cannot be read: ${systemCode(cause)}`, {
      exit: 'usage',
      data: { file, system: systemCode(cause) },
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
};

/** Door: writes a new file. Throws the Fault `file-unwritable`: also when it exists, unless told to replace it. */
export const writeTextFile = async (
  file: string,
  text: string,
  { replace }: { replace: boolean },
): Promise<void> => {
  try {
    await writeFile(file, text, { flag: replace ? 'w' : 'wx' });
  } catch (cause) {
    const code = systemCode(cause);
    const exists = code === 'EEXIST';
    throw new Fault(
      'file-unwritable',
      `${file} ${exists ? 'exists' : `cannot be written: ${code}`}`,
      {
        exit: 'usage',
        data: { file, system: code },
        remedy: exists
          ? 'Name another file, or add --force.'
          : 'Check the directory and its permissions.',
        cause,
      },
    );
  }
};
