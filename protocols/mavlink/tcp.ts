import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Fault } from '../fault.ts';
import type { HostPort } from './connection-string.ts';
import {
  openDialledLink,
  StreamLink,
  type BytePipe,
  type PipeEvents,
  type StreamLinkOptions,
} from './stream-link.ts';

const CONNECT_TIMEOUT_MS = 5000;

/**
 * A peer that says nothing for so long is gone, even if TCP has not noticed: an autopilot sends a
 * heartbeat each second. Without this a pulled cable would look open for a quarter of an hour.
 */
const SILENCE_MS = 10_000;

export interface TcpServerLink extends StreamLink {
  /** As bound, with the real port where 0 was asked for. */
  readonly local: HostPort;
}

/**
 * Door: connects to a server (PX4's or a bridge's), and again with growing pauses whenever the
 * connection ends. Throws the Faults `tcp-refused` and `tcp-failed` (exit noLink).
 */
export const openTcpLink = (remote: HostPort, options: StreamLinkOptions): Promise<StreamLink> =>
  openDialledLink(
    (events) => dialTcp(remote, events),
    (delayMs, action) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
    options,
  );

/**
 * Door: waits for one client at a time; others are turned away and counted while it is there. Throws the
 * Faults `port-in-use` (exit usage) and `socket-failed`.
 */
export const openTcpServerLink = async (
  local: HostPort,
  options: StreamLinkOptions,
): Promise<TcpServerLink> => {
  const server = createServer({ noDelay: true });
  try {
    server.listen(local.port, local.address);
    await once(server, 'listening');
  } catch (cause) {
    throw listenFault(cause, local);
  }
  return new ServerLink(server, options);
};

class ServerLink extends StreamLink implements TcpServerLink {
  readonly local: HostPort;

  constructor(server: Server, options: StreamLinkOptions) {
    super(options, () => closeServer(server));
    const bound = server.address() as { address: string; port: number };
    this.local = { address: bound.address, port: bound.port };
    this.detach(waitingFault(this.local));
    server.on('connection', (socket) => this.#admit(socket));
    server.on('error', (error) => this.detach(listenFault(error, this.local)));
  }

  /** The client goes; the next one may be the vehicle. */
  relearn(): void {
    if (this.connected) this.drop(waitingFault(this.local));
  }

  #admit(socket: Socket): void {
    if (this.closed || this.connected) {
      socket.on('error', () => {});
      socket.destroy();
      if (!this.closed) this.countForeign();
      return;
    }
    const peer = { address: socket.remoteAddress ?? 'the client', port: socket.remotePort ?? 0 };
    this.attach(
      pipeOf(socket, peer, {
        onBytes: (bytes) => this.hear(bytes),
        onEnd: (why) => this.detach(why),
      }),
    );
  }
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

const dialTcp = async (remote: HostPort, events: PipeEvents): Promise<BytePipe> => {
  const socket = connect({ host: remote.address, port: remote.port, noDelay: true });
  const timer = setTimeout(
    () => socket.destroy(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)),
    CONNECT_TIMEOUT_MS,
  );
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw connectFault(cause, remote);
  } finally {
    clearTimeout(timer);
  }
  return pipeOf(socket, remote, events);
};

const pipeOf = (socket: Socket, peer: HostPort, events: PipeEvents): BytePipe => {
  let ended = false;
  let heard = true;
  const end = (cause: unknown): void => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    socket.destroy();
    events.onEnd(lostFault(cause, peer));
  };
  const timer = setInterval(() => {
    if (!heard) end(new Error(`silent for ${SILENCE_MS / 1000} s`));
    heard = false;
  }, SILENCE_MS);
  socket.on('data', (bytes) => {
    if (ended) return;
    heard = true;
    events.onBytes(bytes);
  });
  socket.on('error', end);
  socket.on('close', () => end(undefined));
  return {
    get queuedBytes() {
      return socket.writableLength;
    },
    write: (bytes) => {
      if (!ended) socket.write(bytes);
    },
    close: () => {
      ended = true;
      clearInterval(timer);
      socket.destroy();
    },
  };
};

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : 'closed by the other end';

const lostFault = (cause: unknown, { address, port }: HostPort): Fault =>
  new Fault('tcp-lost', `the connection with ${address}:${port} ended: ${reasonOf(cause)}`, {
    exit: 'noLink',
    data: { address, port, system: codeOf(cause) },
    remedy: 'Check that the flight controller or bridge is running; the link is tried again.',
    cause,
  });

const connectFault = (cause: unknown, { address, port }: HostPort): Fault => {
  const system = codeOf(cause);
  const refused = system === 'ECONNREFUSED';
  const why = refused ? 'nobody listens there' : reasonOf(cause);
  return new Fault(
    refused ? 'tcp-refused' : 'tcp-failed',
    `cannot connect to ${address}:${port}: ${why}`,
    {
      exit: 'noLink',
      data: { address, port, system },
      remedy: 'Check address and port, and that the flight controller or bridge is running.',
      cause,
    },
  );
};

const waitingFault = ({ address, port }: HostPort): Fault =>
  new Fault('tcp-waiting', `nobody has connected to TCP ${address}:${port} yet`, {
    exit: 'noLink',
    data: { address, port },
    remedy: 'Let the vehicle or bridge connect here, or write tcpout:// if it is the server.',
  });

const listenFault = (cause: unknown, { address, port }: HostPort): Fault => {
  const system = codeOf(cause);
  const taken = system === 'EADDRINUSE';
  const remedy = taken
    ? `Stop the process that holds it (\`ss -tlnp 'sport = :${port}'\` names it), or use another port.`
    : 'Use an address of this machine, or 0.0.0.0 for all.';
  return new Fault(
    taken ? 'port-in-use' : 'socket-failed',
    taken
      ? `TCP port ${port} on ${address} is taken`
      : `cannot listen on TCP ${address}:${port}: ${system}`,
    { exit: taken ? 'usage' : 'failed', data: { address, port, system }, remedy, cause },
  );
};
