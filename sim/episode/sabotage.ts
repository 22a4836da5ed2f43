import type { ProcessName } from '../machine/companion.ts';
import type { Episode } from './episode.ts';

/**
 * Bugs that a test plants in the agents of an episode, each where a real one would show: it may change
 * or swallow (undefined) what is said, or reach into a process's memory.
 */
export interface Sabotage {
  /** What an agent sends its vehicle. */
  toVehicle?: (
    sysid: number,
    packet: Uint8Array,
    nowMs: number,
    episode: Episode,
  ) => Uint8Array | undefined;
  /** What one process of a drone tells another. */
  between?: (message: InnerMessage, nowMs: number) => Uint8Array | undefined;
  /** After every step. */
  afterStep?: (episode: Episode, nowMs: number) => void;
}

/** `type` as in protocols/channel/message-type.ts. */
export interface InnerMessage {
  sysid: number;
  from: ProcessName;
  to: ProcessName;
  type: number;
  payload: Uint8Array;
}
