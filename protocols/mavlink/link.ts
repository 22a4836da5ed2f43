import type { Frame } from './framer.ts';

/** What a link has seen; every number only grows. */
export interface LinkCounts {
  /** Frames handed to the reader or still waiting for it. */
  framesGood: number;
  /** Good frames of another system id than the one this link is for. */
  framesForeign: number;
  /** Frames thrown away, oldest first, because the reader came too late. */
  framesDropped: number;
  bytesSkipped: number;
  crcErrors: number;
  /** Datagrams from anyone but the remote. */
  datagramsForeign: number;
  /** Sends that had no remote yet or that the socket refused. */
  sendsFailed: number;
}

/**
 * Port: bytes between one vehicle and one companion (UDP, serial, or the simulation's wire).
 * Nothing here waits: frames are collected as they come and taken once a tick.
 */
export interface VehicleLink {
  readonly counts: Readonly<LinkCounts>;
  /** Sends whole packets. The array is the link's from then on. Never throws: a loss is counted. */
  send(bytes: Uint8Array): void;
  /** All frames that came since the last call, oldest first; a bounded number, newest win. */
  receive(): Frame[];
  /** Afterwards `send` and `receive` do nothing. Idempotent. */
  close(): Promise<void>;
}
