import { createSocket, type Socket } from 'node:dgram';

/** Where the frames of a swarm travel: one group and port for all of its members. */
export interface MulticastSettings {
  /** An IPv4 multicast address; 239.0.0.0/8 stays within one's own network (RFC 2365). */
  group: string;
  port: number;
  /** IPv4 address of the interface that the radio is on; left out: the system's choice. */
  interfaceAddress?: string | undefined;
}

export interface MulticastDoor {
  /** False while there is no such way: no route, no interface, no right. */
  readonly isOpen: boolean;
  /** Why not, for people; empty while open. */
  readonly trouble: string;
  /** Drops the frame when it cannot be sent: what it says is old by the time that it could. */
  send(bytes: Uint8Array): void;
  close(): void;
}

/** An interface that comes up later, as radios do, is found within this. */
const RETRY_MS = 2000;
/** A second of a hundred members' frames while the reader stalls. */
const RECEIVE_BUFFER_BYTES = 1 << 19;
/** Our own network only: frames are for those in range of the radio. */
const HOPS = 1;

/**
 * Door: UDP multicast, for whoever is in range. It opens by itself as soon as it can and again after it
 * broke; nothing here throws or ends a process, for gossip does the work meanwhile.
 */
export const openMulticast = (
  settings: MulticastSettings,
  onFrame: (bytes: Uint8Array) => void,
): MulticastDoor => {
  const state: { socket: Socket | undefined; trouble: string; isClosed: boolean } = {
    socket: undefined,
    trouble: 'not open yet',
    isClosed: false,
  };
  let timer: NodeJS.Timeout | undefined;
  const fail = (broken: Socket, error: Error): void => {
    if (state.socket === broken) state.socket = undefined;
    state.trouble = error.message;
    broken.removeAllListeners();
    // A socket that fails while it is bound may be closed already.
    broken.on('error', () => undefined);
    try {
      broken.close();
    } catch {
      // It was.
    }
    if (state.isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(open, RETRY_MS);
    timer.unref();
  };
  const open = (): void => {
    const { group, port, interfaceAddress } = settings;
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('error', (error) => fail(socket, error));
    // A Buffer's slices are views: whoever copies a frame to change it would change this one.
    socket.on('message', (bytes) => onFrame(Uint8Array.from(bytes)));
    socket.bind(port, () => {
      try {
        socket.addMembership(group, interfaceAddress);
        if (interfaceAddress !== undefined) socket.setMulticastInterface(interfaceAddress);
        socket.setMulticastTTL(HOPS);
        // Several agents may share one machine.
        socket.setMulticastLoopback(true);
        socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
      } catch (error) {
        fail(socket, error as Error);
        return;
      }
      state.socket = socket;
      state.trouble = '';
    });
  };
  open();
  return {
    get isOpen() {
      return state.socket !== undefined;
    },
    get trouble() {
      return state.trouble;
    },
    send: (bytes) => {
      const { socket } = state;
      if (socket === undefined) return;
      socket.send(bytes, settings.port, settings.group, (error) => {
        if (error !== null) fail(socket, error);
      });
    },
    close: () => {
      state.isClosed = true;
      clearTimeout(timer);
      const { socket } = state;
      state.socket = undefined;
      socket?.close();
    },
  };
};
