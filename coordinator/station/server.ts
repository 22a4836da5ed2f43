import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';

import { createAdaptorServer, type ServerType } from '@hono/node-server';
import type { Hono } from 'hono';

import { Fault } from '#protocols/fault.ts';

/** Throws Fault 'station-running' (exit usage) when a station answers at `path`. */
export const requireNoStation = async (path: string): Promise<void> => {
  if (!(await answers(path))) return;
  throw new Fault('station-running', `another station already serves ${path}`, {
    exit: 'usage',
    data: { path, field: '--station' },
    remedy: 'Stop it, or give this one another --station socket.',
  });
};

/** Serves on a Unix socket that only this user may open. Throws as {@link requireNoStation}. */
export const serveUnix = async (app: Hono, path: string): Promise<() => void> => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await requireNoStation(path);
  rmSync(path, { force: true });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return () => {
    closeServer(server);
    rmSync(path, { force: true });
  };
};

/** Those who follow the swarm hold their connection for ever: without this a station never ends. */
const closeServer = (server: ServerType): void => {
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
};

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** Serves on loopback. Port 0 takes any free one. Throws Fault 'port-in-use'. Returns the address. */
export const serveLoopback = async (
  app: Hono,
  port: number,
): Promise<{ url: string; close: () => void }> => {
  const server = createAdaptorServer({ fetch: onlyFromHere(app) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause);
      return reject(
        new Fault('port-in-use', `port ${port} of the map page is taken`, {
          exit: 'usage',
          data: { port, field: '--map-port' },
          remedy: 'Stop what uses it, or choose another with --map-port (0 takes any free one).',
          cause,
        }),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://127.0.0.1:${bound}/`, close: () => closeServer(server) };
};

/**
 * A page elsewhere may point its own name at 127.0.0.1 and read what is served here (DNS rebinding):
 * only requests that name this machine are answered.
 */
const onlyFromHere =
  (app: Hono): Hono['fetch'] =>
  (request, ...rest) => {
    const { hostname } = new URL(request.url);
    return hostname === '127.0.0.1' || hostname === 'localhost'
      ? app.fetch(request, ...rest)
      : new Response('this page is served to this machine only', { status: 421 });
  };
