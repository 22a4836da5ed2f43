import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { stationClient } from '#coordinator/client/station-socket.ts';

const BODY = '{"ok":true}';
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server?.close();
});

/** A station's socket, answered by hand: `onRequest` gets how many requests came over this connection. */
const listen = async (onRequest: (socket: Socket, count: number) => void): Promise<string> => {
  const path = join(mkdtempSync(join(tmpdir(), 'skein-station-')), 'station.sock');
  server = createServer((socket) => {
    let count = 0;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      count += 1;
      onRequest(socket, count);
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return path;
};

describe('the client of the station', () => {
  it('is not thrown by a station that closes a connection after an answer, as any HTTP server may', async () => {
    const path = await listen((socket, count) => {
      if (count === 1) socket.write(ANSWER);
      else socket.destroy();
    });
    const client = stationClient(path);
    for (let call = 0; call < 3; call += 1) {
      expect(await client.call('GET', '/state')).toEqual({ ok: true });
    }
  });

  it('tells a station that is late from one that is not there', async () => {
    const path = await listen(() => undefined);
    await expect(stationClient(path, 100).call('GET', '/state')).rejects.toMatchObject({
      code: 'station-late',
      exit: 'timeout',
    });
    await expect(stationClient(`${path}.gone`).call('GET', '/state')).rejects.toMatchObject({
      code: 'no-station',
      exit: 'noLink',
    });
  });
});
