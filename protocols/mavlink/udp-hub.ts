import type { Socket } from 'node:dgram';
import { assert } from '../fault.ts';
import type { Frame } from './framer.ts';
import type { VehicleLink } from './link.ts';
import { bindUdp, type UdpAddress, type UdpLinkOptions } from './udp.ts';
import { VehicleDemux, type VehicleLane } from './vehicle-demux.ts';

/** Several vehicles behind one local UDP port, a link for each. */
export interface UdpHub {
  /** As bound, with the real port where 0 was asked for. */
  readonly local: UdpAddress;
  /** System ids whose autopilots have been heard. */
  readonly sysids: readonly number[];
  /** The link to one vehicle, heard already or not; one at a time for each. Closing it frees only it. */
  link(sysid: number): VehicleLink;
  /** Closes the port and with it every link. Idempotent. */
  close(): Promise<void>;
}

/**
 * Door: one UDP port that several vehicles send to, as all instances of PX4 SITL do to 14550, and those
 * from the tenth on to 14549. See {@link VehicleDemux} for who is heard. Throws the Faults of `openUdpLink`.
 */
export const openUdpHub = async (
  options: Pick<UdpLinkOptions, 'local' | 'portSetting' | 'capacityFrames'>,
): Promise<UdpHub> => new SocketHub(await bindUdp(options), options.capacityFrames);

class SocketHub implements UdpHub {
  readonly local: UdpAddress;
  readonly #socket: Socket;
  readonly #demux: VehicleDemux;
  #closed: Promise<void> | undefined;

  constructor(socket: Socket, capacityFrames: number | undefined) {
    this.#socket = socket;
    this.#demux = new VehicleDemux(capacityFrames);
    const { address, port } = socket.address();
    this.local = { address, port };
    socket.on('message', (bytes, source) => this.#demux.accept(bytes, source));
    // A send that the system refused was counted at the send; a socket has no other errors.
    socket.on('error', () => {});
  }

  get sysids(): readonly number[] {
    return this.#demux.sysids;
  }

  link(sysid: number): VehicleLink {
    const lane = this.#demux.lane(sysid);
    assert(!lane.open, `one link at a time to vehicle ${sysid}`);
    return new LaneLink(this.#socket, this.#demux, lane, () => this.#closed !== undefined);
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#socket.close(resolve);
    });
    return this.#closed;
  }
}

class LaneLink implements VehicleLink {
  readonly #socket: Socket;
  readonly #demux: VehicleDemux;
  readonly #lane: VehicleLane;
  readonly #hubClosed: () => boolean;
  #closed = false;

  constructor(socket: Socket, demux: VehicleDemux, lane: VehicleLane, hubClosed: () => boolean) {
    this.#socket = socket;
    this.#demux = demux;
    this.#lane = lane;
    this.#hubClosed = hubClosed;
    lane.open = true;
  }

  get counts(): VehicleLink['counts'] {
    return this.#lane.counts;
  }

  get strangers(): NonNullable<VehicleLink['strangers']> {
    return this.#lane.rivals.list;
  }

  send(bytes: Uint8Array): void {
    if (this.#closed || this.#hubClosed()) return;
    const { source, counts } = this.#lane;
    if (source === undefined) {
      counts.sendsFailed += 1;
      return;
    }
    this.#socket.send(bytes, source.port, source.address, (error) => {
      if (error !== null) counts.sendsFailed += 1;
    });
  }

  receive(): Frame[] {
    return this.#closed ? [] : this.#demux.take(this.#lane);
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#lane.open = false;
      this.#lane.frames = [];
    }
    return Promise.resolve();
  }
}
