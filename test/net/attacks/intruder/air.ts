import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What an account brings at most. */
const MAX_HEARD = 5000;

interface Group {
  group: string;
  port: number;
}

/** A socket of the swarm's multicast group that belongs to nobody in it. */
export class Air {
  readonly #socket: Socket;
  readonly #group: Group;
  #heard: string[] = [];

  private constructor(socket: Socket, own: string, group: Group) {
    this.#socket = socket;
    this.#group = group;
    socket.on('message', (bytes, { address }) => {
      if (address === own || this.#heard.length >= MAX_HEARD) return;
      this.#heard.push(bytes.toString('hex'));
    });
  }

  static async open(address: string, group: Group): Promise<Air> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.bind(group.port);
    await once(socket, 'listening');
    socket.addMembership(group.group, address);
    socket.setMulticastInterface(address);
    return new Air(socket, address, group);
  }

  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, this.#group.port, this.#group.group, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  /** What others have said since it was asked last. */
  take(): string[] {
    const heard = this.#heard;
    this.#heard = [];
    return heard;
  }
}
