import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

import { Fault } from '#protocols/fault.ts';

/**
 * Keeps a log's directory to one recorder for as long as this process lives, however it ends: two
 * writers would break the chain. The lock is a socket in Linux's abstract namespace (unix(7)), which
 * needs no cleaning up. Throws Fault 'recorder-running'.
 */
export const lockDirectory = async (directory: string): Promise<void> => {
  const path = resolve(directory);
  const name = createHash('sha256').update(path).digest('hex');
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((locked, refused) => {
    server.once('error', (cause) =>
      refused(
        new Fault('recorder-running', `another recorder writes into ${path}`, {
          data: { path },
          remedy: 'End the other recorder first; it must have the directory to itself.',
          exit: 'refused',
          cause,
        }),
      ),
    );
    server.listen(`\0skein-log-${name}`, locked);
  });
  server.unref();
};
