import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { openTcpLink, openTcpServerLink, type TcpServerLink } from '#protocols/mavlink/tcp.ts';

const ANY = { address: '127.0.0.1', port: 0 };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const serve = async (): Promise<TcpServerLink> => {
  const link = await openTcpServerLink(ANY, {});
  ends.push(() => link.close());
  return link;
};

const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' });
  ends.push(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

const heartbeat = (sysid: number): Uint8Array => new Encoder(sysid, 1).encode(new Heartbeat());

describe('a server of one', () => {
  test('says that nobody has come yet', async () => {
    const link = await serve();
    expect(link.outage).toMatchObject({
      code: 'tcp-waiting',
      remedy: expect.stringContaining('tcpout'),
    });
  });

  test('turns a second client away, counts it, and hears the first one alone', async () => {
    const link = await serve();
    const first = await dial(link.local.port);
    first.write(heartbeat(1));
    await vi.waitFor(() => expect(link.counts.framesGood).toBe(1));
    const second = await dial(link.local.port);
    second.write(heartbeat(2));
    await once(second, 'close');
    expect(link.counts.datagramsForeign).toBe(1);
    first.write(heartbeat(1));
    await vi.waitFor(() => expect(link.counts.framesGood).toBe(2));
    expect(link.receive().map(({ sysid }) => sysid)).toEqual([1, 1]);
  });

  test('names the port that is taken', async () => {
    const link = await serve();
    await expect(openTcpServerLink(link.local, {})).rejects.toMatchObject({
      code: 'port-in-use',
      exit: 'usage',
      remedy: expect.stringContaining(`:${link.local.port}`),
    });
  });
});

describe('a client', () => {
  test('whom nobody answers is told so', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await expect(openTcpLink({ address: '127.0.0.1', port }, {})).rejects.toMatchObject({
      code: 'tcp-refused',
      exit: 'noLink',
      message: expect.stringContaining('nobody listens'),
    });
  });

  test('of a name that does not exist is told so', async () => {
    const remote = { address: 'no-such-host.invalid', port: 5760 };
    await expect(openTcpLink(remote, {})).rejects.toMatchObject({
      code: 'tcp-failed',
      message: expect.stringContaining('no-such-host.invalid'),
    });
  });
});
