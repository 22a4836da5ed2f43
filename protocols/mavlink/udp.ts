import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { Fault } from '../fault.ts';
import { Inbox } from './inbox.ts';
import type { VehicleLink } from './link.ts';
import { StrangerTable } from './stranger-table.ts';

/** UDP ports of PX4 SITL instance 0 on its onboard link; instance N adds N. */
const COMPANION_PORT = 14_540;
const VEHICLE_PORT = 14_580;
const LOOPBACK = '127.0.0.1';

/** One second of PX4's traffic would overflow Linux's default of 208 KiB if the reader stalls. */
const RECEIVE_BUFFER_BYTES = 1 << 20;

/**
 * A sender who was not believed waits while it sends so many datagrams more: others come first, and a
 * vehicle that was doubted for its clock comes back within a quarter of a second.
 */
const DOUBTED_DATAGRAMS = 64;

/** Senders that are doubted at once, the latest. */
const CAPACITY_DOUBTED = 8;

export interface UdpAddress {
  /** An IP address, not a name: every datagram's source is compared with it. */
  address: string;
  port: number;
}

export interface UdpLinkOptions {
  /** Where to listen; port 0 takes any free one. */
  local: UdpAddress;
  /**
   * The only source that is heard, and where bytes go. When absent, the source of the first
   * datagram that holds a good frame of `sysid` is learnt and kept until the link closes, or until
   * {@link UdpLink.relearn}.
   */
  remote?: UdpAddress;
  /**
   * PX4's manners: `remote` is only where bytes go until someone speaks. Whoever sends the first
   * good frame becomes the remote, wherever it is, and stays it for good.
   */
  adoptFirst?: boolean;
  /** The only system id whose frames are handed over; undefined hands over all. */
  sysid?: number;
  capacityFrames?: number;
  /** The flag or setting that chose the local port, named in the remedy if the port is taken. */
  portSetting?: string;
}

export interface UdpLink extends VehicleLink {
  /** As bound, with the real port where 0 was asked for. */
  readonly local: UdpAddress;
  /** Undefined until learnt. */
  readonly remote: UdpAddress | undefined;
}

/** The companion's end of PX4 instance N's onboard link: binds 14540+N, hears only 14580+N. */
export const companionUdp = (
  instance: number,
): Required<Pick<UdpLinkOptions, 'local' | 'remote' | 'sysid'>> => ({
  local: { address: LOOPBACK, port: COMPANION_PORT + instance },
  remote: { address: LOOPBACK, port: VEHICLE_PORT + instance },
  sysid: instance + 1,
});

/** The vehicle's end: binds 14580+N and sends to 14540+N before anyone has spoken, as PX4 does. */
export const vehicleUdp = (
  instance: number,
): Required<Pick<UdpLinkOptions, 'local' | 'remote'>> => ({
  local: { address: LOOPBACK, port: VEHICLE_PORT + instance },
  remote: { address: LOOPBACK, port: COMPANION_PORT + instance },
});

/**
 * Door: opens a UDP socket for one vehicle link.
 * Throws the Faults `port-in-use` (exit 2, data `{ port, address }`), `address-invalid` (exit 2,
 * a name or a port out of range) and `socket-failed` (exit 1, whatever else the system says).
 */
export const openUdpLink = async (options: UdpLinkOptions): Promise<UdpLink> => {
  if (options.remote !== undefined) checkAddress(options.remote);
  return new SocketLink(await bindUdp(options), options);
};

/** A bound socket. Throws the Faults of {@link openUdpLink}. */
export const bindUdp = async (
  options: Pick<UdpLinkOptions, 'local' | 'portSetting'>,
): Promise<Socket> => {
  checkAddress(options.local);
  const socket = createSocket({
    type: isIP(options.local.address) === 6 ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  });
  try {
    socket.bind(options.local.port, options.local.address);
    await once(socket, 'listening');
  } catch (cause) {
    socket.close();
    throw bindFault(cause, options);
  }
  return socket;
};

class SocketLink implements UdpLink {
  readonly local: UdpAddress;
  readonly #socket: Socket;
  readonly #inbox: Inbox;
  readonly #strangers = new StrangerTable();
  #remote: UdpAddress | undefined;
  /** Nobody else is heard from then on. */
  #pinned: boolean;
  readonly #learns: boolean;
  /** By address and port: datagrams that are not heard yet. */
  readonly #doubted = new Map<string, number>();
  #closed: Promise<void> | undefined;

  constructor(socket: Socket, options: UdpLinkOptions) {
    this.#socket = socket;
    this.#remote = options.remote;
    this.#learns = options.remote === undefined || options.adoptFirst === true;
    this.#pinned = !this.#learns;
    this.#inbox = new Inbox(options);
    const { address, port } = socket.address();
    this.local = { address, port };
    socket.on('message', (bytes, source) => this.#hear(bytes, source));
    socket.on('error', () => this.#countFailedSend());
  }

  get counts(): VehicleLink['counts'] {
    return this.#inbox.counts;
  }

  get strangers(): NonNullable<VehicleLink['strangers']> {
    return this.#strangers.list;
  }

  get remote(): UdpAddress | undefined {
    return this.#remote;
  }

  send(bytes: Uint8Array): void {
    if (this.#closed !== undefined) return;
    const remote = this.#remote;
    if (remote === undefined) {
      this.#countFailedSend();
      return;
    }
    this.#socket.send(bytes, remote.port, remote.address, (error) => {
      if (error !== null) this.#countFailedSend();
    });
  }

  receive(): ReturnType<VehicleLink['receive']> {
    return this.#inbox.take();
  }

  relearn(): void {
    if (!this.#learns || !this.#pinned || this.#remote === undefined) return;
    this.#pinned = false;
    this.#doubted.set(keyOf(this.#remote), DOUBTED_DATAGRAMS);
    const [oldest] = this.#doubted.keys();
    if (this.#doubted.size > CAPACITY_DOUBTED) this.#doubted.delete(oldest!);
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#socket.close(resolve);
    });
    return this.#closed;
  }

  #hear(bytes: Uint8Array, source: RemoteInfo): void {
    const remote = this.#remote;
    if (this.#pinned && remote !== undefined && !isFrom(source, remote)) {
      this.#turnAway(bytes, source);
      return;
    }
    if (!this.#pinned && this.#isDoubted(source)) {
      this.#turnAway(bytes, source);
      return;
    }
    const kept = this.#inbox.accept(bytes);
    if (this.#pinned) return;
    if (kept > 0) {
      this.#remote = { address: source.address, port: source.port };
      this.#pinned = true;
    } else {
      this.#turnAway(bytes, source);
    }
  }

  #isDoubted(source: RemoteInfo): boolean {
    const key = keyOf(source);
    const left = this.#doubted.get(key) ?? 0;
    if (left > 1) this.#doubted.set(key, left - 1);
    else this.#doubted.delete(key);
    return left > 0;
  }

  #turnAway(bytes: Uint8Array, source: RemoteInfo): void {
    this.#inbox.counts.datagramsForeign += 1;
    this.#strangers.note(bytes, source);
  }

  #countFailedSend(): void {
    this.#inbox.counts.sendsFailed += 1;
  }
}

const keyOf = ({ address, port }: UdpAddress): string => `${address} ${port}`;

const isFrom = (source: RemoteInfo, remote: UdpAddress): boolean =>
  source.port === remote.port && source.address === remote.address;

const checkAddress = ({ address, port }: UdpAddress): void => {
  if (isIP(address) !== 0 && Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new Fault('address-invalid', `${address}:${port} is not an IP address and a UDP port`, {
    exit: 'usage',
    data: { address, port },
    remedy: 'Write an IP address such as 127.0.0.1 and a port from 0 to 65535.',
  });
};

const bindFault = (
  cause: unknown,
  { local, portSetting }: Pick<UdpLinkOptions, 'local' | 'portSetting'>,
): Fault => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const data = { address: local.address, port: local.port, system: code };
  if (code !== 'EADDRINUSE') {
    return new Fault(
      'socket-failed',
      `cannot listen on UDP ${local.address}:${local.port}: ${code}`,
      {
        data,
        cause,
      },
    );
  }
  const choice = portSetting === undefined ? 'choose another instance' : `change ${portSetting}`;
  return new Fault('port-in-use', `UDP port ${local.port} on ${local.address} is taken`, {
    exit: 'usage',
    data,
    remedy: `Stop the process that holds it (\`ss -ulnp 'sport = :${local.port}'\` names it), or ${choice}.`,
    cause,
  });
};
