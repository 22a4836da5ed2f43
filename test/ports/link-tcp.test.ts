import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openTcpLink, openTcpServerLink } from '#protocols/mavlink/tcp.ts';
import { FAR_SYSID, linkCompliance, type LinkWorld } from './link-compliance.ts';

const ANY = { address: '127.0.0.1', port: 0 };

const optionsOf = (capacityFrames: number | undefined) => ({
  sysid: FAR_SYSID,
  ...(capacityFrames === undefined ? {} : { capacityFrames }),
});

/** A bridge that listens: we connect to it. */
const clientWorld = async (capacityFrames?: number): Promise<LinkWorld> => {
  const heard: Uint8Array[] = [];
  let client: Socket | undefined;
  const listen = async (port: number): Promise<Server> => {
    const server = createServer({ noDelay: true }, (socket) => {
      client = socket;
      socket.on('data', (bytes: Uint8Array) => heard.push(bytes));
      socket.on('error', () => {});
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const shut = async (): Promise<void> => {
    client?.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  const link = await openTcpLink({ address: 'localhost', port }, optionsOf(capacityFrames));
  return {
    link,
    say: (bytes) => client!.write(bytes),
    heard: () => Buffer.concat(heard),
    breakOff: shut,
    comeBack: async () => {
      server = await listen(port);
    },
    end: shut,
  };
};

/** A bridge that connects to us. */
const serverWorld = async (capacityFrames?: number): Promise<LinkWorld> => {
  const heard: Uint8Array[] = [];
  const link = await openTcpServerLink(ANY, optionsOf(capacityFrames));
  const dial = async (): Promise<Socket> => {
    const socket = connect({ port: link.local.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes: Uint8Array) => heard.push(bytes));
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  let socket = await dial();
  return {
    link,
    say: (bytes) => socket.write(bytes),
    heard: () => Buffer.concat(heard),
    breakOff: async () => {
      socket.destroy();
    },
    comeBack: async () => {
      socket = await dial();
    },
    end: async () => {
      socket.destroy();
    },
  };
};

linkCompliance('TCP, as the client', { stream: true, bounded: true }, clientWorld);
linkCompliance('TCP, as the server', { stream: true, bounded: true }, serverWorld);
