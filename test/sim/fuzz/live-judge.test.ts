import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import { startFuzz } from '#sim/fuzz/start-fuzz.ts';
import { runFuzzEpisode, type SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';
import { openAnalytic, SETTINGS } from '../checker/judged-flight.ts';

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openAnalytic();
});
afterAll(() => planner.close());

describe('fuzzing', () => {
  it('gives a seed the same verdict in any process', async () => {
    const settings: FuzzSettings = {
      ...SETTINGS,
      kinds: ['kill', 'partition', 'stall'],
      untilMs: 10_000,
    };
    const verdicts: SeedVerdict[] = [];
    await startFuzz([1, 2], {
      settings,
      jobs: 2,
      signal: new AbortController().signal,
      onOutcome: (one) => {
        if ('crash' in one) throw new Error(one.crash);
        verdicts.push(one);
      },
    });
    verdicts.sort((a, b) => a.seed - b.seed);
    expect(verdicts.map(({ seed }) => seed)).toEqual([1, 2]);
    // Cut off in flight: that nobody is home is no violation, and the verdict says so.
    for (const one of verdicts) {
      expect(one).toMatchObject({ isCut: true, ended: false, violations: [] });
    }
    expect(await runFuzzEpisode(2, settings, { open: async () => planner })).toEqual(verdicts[1]);
  });
});
