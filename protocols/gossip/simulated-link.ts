import type { Random } from '../random.ts';

/** One message on its way over one link. */
export interface Hop {
  from: number;
  to: number;
  bytes: number;
  nowMs: number;
}

/** What a dial comes to, and when. */
export interface Dial {
  connects: boolean;
  afterMs: number;
}

/** One transmission that several hear. */
export interface Broadcast {
  from: number;
  to: readonly number[];
  bytes: number;
  nowMs: number;
}

/** The links between the members of a simulated mesh. */
export interface SimulatedLink {
  /** ms until one message has passed over one hop; undefined = lost. Messages may overtake each other. */
  delayMs(hop: Readonly<Hop>, random: Random): number | undefined;
  /**
   * Hands to `arrive` each member that hears one transmission, and after how many ms. Left out: there
   * is no such way.
   */
  cast?(transmission: Readonly<Broadcast>, arrive: (to: number, delayMs: number) => void): void;
  /** Left out: every dial connects at once. */
  dial?(from: number, to: number, nowMs: number, random: Random): Dial;
  /** Whether a connection lives on; asked of each about twice a second. Left out: it does. */
  holds?(a: number, b: number, nowMs: number, random: Random): boolean;
}

/** The same for both directions. */
export const linkName = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);
