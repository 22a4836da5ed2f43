import type { Clock } from '#protocols/time.ts';
import type { CompanionStorage } from './companion-storage.ts';

/** Names of the processes that a drone's supervisor starts. */
export type ProcessName = 'recorder' | 'pilot' | 'mesh' | 'mind';

/** The companion computer of one drone, as its processes see it. */
export interface Companion {
  readonly sysid: number;
  readonly clock: Clock;
  readonly storage: CompanionStorage;
  /** Carries one frame to a process of this computer; lost when that one is dead. */
  send(to: ProcessName, type: number, payload: Uint8Array, from: ProcessName): void;
  /** A process ended by an error of its own, as by an exception that nobody caught. */
  ended(process: ProcessName): void;
}

/** One process of a companion computer in lockstep: its tick with its `main.ts` replaced. */
export interface ProcessHost {
  readonly running: boolean;
  /** Begins as a fresh process does: from the configuration and from what is in storage. */
  start(): void;
  /** As SIGKILL: whatever was not in storage is gone. */
  kill(): void;
  hear(type: number, payload: Uint8Array, from: ProcessName): void;
  /** Runs what is due. */
  step(): void;
}
