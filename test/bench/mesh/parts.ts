import type { Figure } from '../bench.ts';

export interface PartRun {
  short: boolean;
  seed: number;
  /** How long a soak lasts; undefined: a minute, or three. */
  minutes: number | undefined;
  tell(line: string): void;
}

/** A measurement that stands alone. */
export type Part = (run: PartRun) => Promise<Record<string, Figure>>;
