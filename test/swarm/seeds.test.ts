import { describe, expect, it } from 'vitest';

import { violationsOf, violationText } from '#coordinator/commands/fuzz-summary.ts';
import type { SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';
import { drawEpisode } from '#sim/fuzz/fuzz-episode.ts';
import { startFuzz } from '#sim/fuzz/start-fuzz.ts';
import { SETTINGS } from './settings.ts';

const flown = async (seeds: readonly number[], jobs: number): Promise<SeedVerdict[]> => {
  const verdicts: SeedVerdict[] = [];
  await startFuzz(seeds, SETTINGS, jobs, new AbortController().signal, (outcome) => {
    if ('crash' in outcome) throw new Error(`seed ${outcome.seed}: ${outcome.crash}`);
    verdicts.push(outcome);
  });
  return verdicts.sort((a, b) => a.seed - b.seed);
};

/**
 * Known and not mended: three drones fill the edge of a radio's range (P3: 100 kbit/s, a third lost) with
 * what they say of themselves, and an abort waits in the same queue (docs/invariants.md). A drone that it
 * has not reached takes off by its older goal, which the judge sees as I8.
 */
const isKnown = (seed: number, invariant: string): boolean =>
  (invariant === 'I7' || invariant === 'I8') &&
  drawEpisode(seed, SETTINGS).episode.radio.base === 'P3';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

const SEEDS = upTo(100);
const LONG = { timeout: 900_000 };

describe('whole swarms, one seed each', () => {
  let verdicts: SeedVerdict[] = [];

  it('violate nothing in a hundred seeds', LONG, async () => {
    verdicts = await flown(SEEDS, 2);
    expect(verdicts.map(({ seed }) => seed)).toEqual(SEEDS);
    // Cut off in flight: that they are not home says nothing.
    const violations = verdicts
      .flatMap(violationsOf)
      .filter(({ invariant, seed }) => invariant !== 'I14' && !isKnown(seed, invariant));
    expect(violations.map(violationText)).toEqual([]);
    const hours = verdicts.reduce((sum, { flownHours }) => sum + flownHours, 0);
    expect(hours).toBeGreaterThan(0.5);
  });

  it(
    'leave the same records, to the byte, when they are flown again on other threads',
    LONG,
    async () => {
      expect(await flown(SEEDS, 3)).toEqual(verdicts);
      expect(new Set(verdicts.map(({ digest }) => digest)).size).toBe(SEEDS.length);
    },
  );
});
