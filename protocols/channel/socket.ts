import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { Fault } from '../fault.ts';
import { encodeFrame, FrameSplitter, type ChannelFrame } from './frame.ts';

/** One end of a channel between two processes of a drone. */
export interface ChannelPeer {
  /** False when the frame was dropped: nobody there, or the peer does not drain its socket. */
  send(type: number, payload: Uint8Array): boolean;
  readonly connected: boolean;
  close(): void;
}

interface Handlers {
  onFrame(frame: ChannelFrame, peer: ChannelPeer): void;
  onConnect?(peer: ChannelPeer): void;
  onDisconnect?(peer: ChannelPeer): void;
}

/** Bytes that may wait for a slow reader; past this the sender drops, so a stuck peer costs no memory. */
const MAX_PENDING_BYTES = 1 << 20;

const peerOver = (socket: Socket): ChannelPeer => ({
  send: (type, payload) => {
    if (socket.destroyed || socket.writableLength > MAX_PENDING_BYTES) return false;
    socket.write(encodeFrame(type, payload));
    return true;
  },
  get connected() {
    return !socket.destroyed && !socket.connecting;
  },
  close: () => {
    socket.destroy();
  },
});

const attach = (socket: Socket, peer: ChannelPeer, handlers: Handlers): void => {
  const splitter = new FrameSplitter();
  socket.on('data', (chunk: Uint8Array) => {
    try {
      for (const frame of splitter.push(chunk)) handlers.onFrame(frame, peer);
    } catch (error) {
      // A peer that breaks the framing cannot be resynchronised; it may connect again.
      if (error instanceof Fault) socket.destroy();
      else throw error;
    }
  });
  socket.on('error', () => socket.destroy());
};

/** Listens on a Unix socket that only this user may open; a stale socket file is replaced. */
export const listenChannel = (path: string, handlers: Handlers): Promise<Server> => {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    const peer = peerOver(socket);
    attach(socket, peer, handlers);
    socket.on('close', () => handlers.onDisconnect?.(peer));
    handlers.onConnect?.(peer);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(server);
    });
  });
};

const RETRY_MS = 100;

/** Connects to a Unix socket and keeps trying for ever: the other process may be restarting. */
export const connectChannel = (path: string, handlers: Handlers): ChannelPeer => {
  let socket: Socket | undefined;
  let peer: ChannelPeer | undefined;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  const dial = (): void => {
    const dialled = connect(path);
    const dialledPeer = peerOver(dialled);
    socket = dialled;
    peer = dialledPeer;
    attach(dialled, dialledPeer, handlers);
    dialled.on('connect', () => handlers.onConnect?.(dialledPeer));
    dialled.on('close', () => {
      handlers.onDisconnect?.(dialledPeer);
      if (!closed) retry = setTimeout(dial, RETRY_MS);
    });
  };
  dial();
  return {
    send: (type, payload) => peer?.connected === true && peer.send(type, payload),
    get connected() {
      return peer?.connected === true;
    },
    close: () => {
      closed = true;
      clearTimeout(retry);
      socket?.destroy();
    },
  };
};
