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

/** The links between the members of a simulated mesh. */
export interface SimulatedLink {
  /** ms until one message has passed over one hop; undefined = lost. Messages may overtake each other. */
  delayMs(hop: Readonly<Hop>, random: Random): number | undefined;
  /** Left out: every dial connects at once. */
  dial?(from: number, to: number, nowMs: number, random: Random): Dial;
  /** Whether a connection lives on; asked of each about twice a second. Left out: it does. */
  holds?(a: number, b: number, nowMs: number, random: Random): boolean;
}

/** The same for both directions. */
export const linkName = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);
