import type { Aspect } from './compare/comparison.ts';

/** One row of the table of what differs. */
export interface KnownDifference {
  id: string;
  /** Recordings by name; where left out, any. */
  recordings?: readonly string[];
  aspects: readonly Aspect[];
  /** Matches the keys of the differences that it explains. */
  key: RegExp;
  what: string;
  reason: string;
}
