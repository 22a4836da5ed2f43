/** A finite number, or rows of named ones: what a benchmark says. */
export type Figure = number | readonly Readonly<Record<string, number | string>>[];

export interface BenchRun {
  /** Only what takes little time. */
  short: boolean;
  seeds: readonly number[];
  /** How long a soak lasts; undefined: as the bench likes. */
  minutes: number | undefined;
  /** Names of the parts that were asked for, of a bench that has any; empty: all. */
  only: readonly string[];
  /** Progress for people; never part of the result. */
  tell(line: string): void;
}

/** One benchmark, in a file of its own under this directory; `benches.ts` lists them. */
export interface Bench {
  /** One line. */
  about: string;
  /** First and last seed when none are asked for. */
  seeds: readonly [number, number];
  run(run: BenchRun): Promise<Readonly<Record<string, Figure>>>;
}

/** Value below which `share` of the numbers lie (nearest rank). */
export const quantile = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = Math.ceil(share * sorted.length) - 1;
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? Number.NaN;
};
