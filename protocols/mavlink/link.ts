import type { Fault } from '../fault.ts';
import type { Frame } from './framer.ts';

/** What a link has seen; every number only grows. */
export interface LinkCounts {
  /** Frames handed to the reader or still waiting for it. */
  framesGood: number;
  /** Good frames of another system id than the one this link is for. */
  framesForeign: number;
  /** Frames thrown away, oldest first, because the reader came too late. */
  framesDropped: number;
  /** All that came from the remote, good or not. */
  bytesReceived: number;
  bytesSkipped: number;
  crcErrors: number;
  /** MAVLink 1 packets, which are not heard. */
  mavlink1Packets: number;
  /** Packets of messages that no dialect here has. */
  unknownMessages: number;
  /** Datagrams, or connections, from anyone but the remote. */
  datagramsForeign: number;
  /** Sends that had no remote yet or that the socket refused. */
  sendsFailed: number;
  /** Times that the device or connection came back. */
  reconnects: number;
}

export const newLinkCounts = (): LinkCounts => ({
  framesGood: 0,
  framesForeign: 0,
  framesDropped: 0,
  bytesReceived: 0,
  bytesSkipped: 0,
  crcErrors: 0,
  mavlink1Packets: 0,
  unknownMessages: 0,
  datagramsForeign: 0,
  sendsFailed: 0,
  reconnects: 0,
});

/** Someone else than the vehicle who sends to our port. */
export interface Stranger {
  address: string;
  port: number;
  datagrams: number;
  /** The system id that its last packet claimed; undefined when it was no MAVLink 2. */
  sysid: number | undefined;
}

/**
 * Port: bytes between one vehicle and one companion (UDP, serial, or the simulation's wire).
 * Nothing here waits: frames are collected as they come and taken once a tick.
 */
export interface VehicleLink {
  readonly counts: Readonly<LinkCounts>;
  /** Why nothing can pass at the moment (device gone, connection refused); undefined while it can. */
  readonly outage?: Fault | undefined;
  /** Who else sent to our port, a bounded list. */
  readonly strangers?: readonly Readonly<Stranger>[];
  /** Sends whole packets. The array is the link's from then on. Never throws: a loss is counted. */
  send(bytes: Uint8Array): void;
  /** All frames that came since the last call, oldest first; a bounded number, newest win. */
  receive(): Frame[];
  /**
   * Whoever is heard at the moment is not believed: where a link learns its other end by itself, it may learn
   * anew. Bytes go where they went until then.
   */
  relearn?(): void;
  /** Afterwards `send` and `receive` do nothing. Idempotent. */
  close(): Promise<void>;
}
