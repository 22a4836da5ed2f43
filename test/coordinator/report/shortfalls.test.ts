import { describe, expect, it } from 'vitest';

import { findProbability, findsAtMost } from '#coordinator/report/expected-findings.ts';
import { shortfallsOf } from '#coordinator/report/shortfalls.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import type { TruthSummary } from '#sim/truth.ts';
import { fabricatedSummary } from './flown-run.ts';

const search = loadMission('missions/search-irchel.yaml').search!;

const quiet: TruthSummary = {
  timeMs: 0,
  leastSeparation: null,
  leastFenceMargin: null,
  vehicleCollisions: 0,
  greatestLoopLagMs: 0,
  slippedMs: 0,
  vehicles: [],
};

describe('a search that fell short', () => {
  it('says why its drones stopped, and which', () => {
    const summary = { ...fabricatedSummary(), searchedFraction: 0.226 };
    const [one, two, three] = summary.drones;
    one!.endedBy = 'position-lost';
    three!.endedBy = 'position-lost';
    two!.endedBy = 'operator-lost';
    expect(shortfallsOf(summary, quiet)).toContain(
      'only 22.6 % was searched (position-lost: 1, 3; operator-lost: 2)',
    );
  });
});

describe('what luck allows', () => {
  it('is a share of searches: nothing found is rare, everything is the rest', () => {
    const chance = findProbability(search, 133);
    expect(chance).toBeCloseTo(0.891, 3);
    expect(findsAtMost(5, 5, chance)).toBeCloseTo(1, 12);
    expect(findsAtMost(4, 5, chance)).toBeCloseTo(1 - chance ** 5, 12);
    expect(findsAtMost(3, 5, chance)).toBeCloseTo(0.095, 3);
    expect(findsAtMost(0, 5, chance)).toBeCloseTo((1 - chance) ** 5, 12);
  });
});
