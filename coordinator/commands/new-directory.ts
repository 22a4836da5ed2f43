import { existsSync } from 'node:fs';

import { Fault } from '#protocols/fault.ts';

/** Throws Fault 'output-exists' (exit usage) when there is something at `path`: nothing is overwritten. */
export const requireNew = (path: string, option: string): void => {
  if (!existsSync(path)) return;
  throw new Fault('output-exists', `${path} exists already`, {
    exit: 'usage',
    data: { path, field: option },
    remedy: `Nothing is overwritten: name another place with ${option}.`,
  });
};
