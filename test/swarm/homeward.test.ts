import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { JudgedEpisode } from '#sim/episode/judged-episode.ts';
import { fuzzEpisode } from '#sim/fuzz/fuzz-episode.ts';
import { openCornerPlanner } from '../sim/episode/corner.ts';

const SETTINGS = { drones: 5, kinds: [], samples: 32, untilMs: 60_000 };
/** Of sixty, those in which two on their ways home once came nearer than the minimum, by layers alone. */
const SEEDS = [9, 12, 16, 30, 47, 48, 51];
/** While some still take off, some work and some fly in layers of their own. */
const abortMs = (seed: number): number => 24_000 + 100 * (seed % 50);

describe('five that are called home at once', () => {
  let planner: OpenPlanner;
  beforeAll(async () => {
    planner = await openCornerPlanner();
  });
  afterAll(() => planner.close());

  it.each(SEEDS)(
    'keep apart, though PX4 flies them through each other’s layers: seed %i',
    async (seed) => {
      const judge = new JudgedEpisode({
        ...fuzzEpisode(seed, SETTINGS, planner),
        orders: [{ atMs: abortMs(seed), order: 'abort', sysids: [] }],
      });
      const { violations, abortDelaysMs } = await judge.run();
      expect(violations).toEqual([]);
      expect(abortDelaysMs.length).toBeGreaterThan(2);
    },
  );
});
