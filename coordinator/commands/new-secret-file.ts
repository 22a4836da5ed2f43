import { chmodSync, writeFileSync } from 'node:fs';

import { Fault } from '#protocols/fault.ts';

/**
 * Door: a new file that only this user may read; a token vouches for whoever has it. Throws Fault
 * 'file-unwritable', also when there is one: nothing is overwritten.
 */
export const writeNewSecret = (file: string, text: string, option: string): void => {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  } catch (cause) {
    const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const exists = system === 'EEXIST';
    throw new Fault(
      'file-unwritable',
      `${file} ${exists ? 'exists already' : `cannot be written: ${system}`}`,
      {
        data: { file, system, field: option },
        remedy: exists
          ? `Nothing is overwritten: name another place with ${option}.`
          : 'Check the directory and its permissions.',
        exit: 'usage',
        cause,
      },
    );
  }
};
