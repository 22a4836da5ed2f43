import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

import { Fault } from '#protocols/fault.ts';

/**
 * Keeps a directory to one process of a kind for as long as this one lives, however it ends: two
 * recorders would break a log's chain, two pilots would both steer the vehicle, two authorities would take
 * one token twice. The lock is a socket in Linux's abstract namespace (unix(7)), which needs no cleaning
 * up; what is returned lets go of it early. Throws Fault 'recorder-running', 'pilot-running' or
 * 'authority-running'.
 */
export const lockDirectory = async (
  directory: string,
  kind: 'recorder' | 'pilot' | 'authority',
): Promise<() => void> => {
  const path = resolve(directory);
  const name = createHash('sha256').update(path).digest('hex');
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((locked, refused) => {
    server.once('error', (cause) =>
      refused(
        new Fault(`${kind}-running`, `another ${kind} has ${path}`, {
          data: { path },
          remedy: `End the other ${kind} first; it must have the directory to itself.`,
          exit: 'refused',
          cause,
        }),
      ),
    );
    server.listen(`\0skein-${kind}-${name}`, locked);
  });
  server.unref();
  return () => server.close();
};
