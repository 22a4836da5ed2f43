import { describe, expect, it } from 'vitest';

import { fuzzSettings, parseFaultKinds, parseSeeds } from '#coordinator/commands/fuzz-options.ts';
import { fuzzSummary } from '#coordinator/commands/fuzz-summary.ts';
import { Fault } from '#protocols/fault.ts';
import { FAULT_KINDS } from '#sim/faults/fault.ts';
import type { SeedVerdict } from '#sim/fuzz/run-fuzz-episode.ts';

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return `${error.exit}: ${error.message}`;
    throw error;
  }
  return '';
};

const flown = (seed: number, violations = 0, kinds: SeedVerdict['kinds'] = []): SeedVerdict => ({
  seed,
  violations: Array.from({ length: violations }, () => ({
    invariant: 'I1' as const,
    atMs: 1000,
    drones: [1, 2],
    detail: 'too near',
  })),
  simulatedMs: 90_000,
  ended: true,
  tasksDone: 6,
  flownHours: 0.05,
  digest: '',
  abortDelaysMs: [],
  mission: 'search',
  drones: 3,
  planner: 'analytic',
  radio: 'P1',
  isCut: false,
  faults: [],
  kinds,
});

describe('what sim fuzz is asked for', () => {
  it('takes one seed or a range', () => {
    expect(parseSeeds('7')).toEqual([7]);
    expect(parseSeeds('3..6')).toEqual([3, 4, 5, 6]);
    for (const text of ['', '6..3', '1...4', 'all', '-1..2', '0..99999999']) {
      expect(refusal(() => parseSeeds(text))).toContain(`usage: --seeds is "${text}"`);
    }
  });

  it('takes all kinds of fault, none, or some', () => {
    expect(parseFaultKinds('all')).toEqual(FAULT_KINDS);
    expect(parseFaultKinds('none')).toEqual([]);
    expect(parseFaultKinds('kill, gnss')).toEqual(['kill', 'gnss']);
    expect(refusal(() => parseFaultKinds('kill,gremlin'))).toContain('"gremlin"');
  });

  it('refuses a swarm or a planner that cannot be', () => {
    const asked = {
      mission: 'missions/search-irchel-corner.yaml',
      faults: 'all',
      learnedPercent: 0,
      wholePercent: 20,
    };
    expect(refusal(() => fuzzSettings({ ...asked, drones: 101, samples: 32 }))).toContain(
      '--drones',
    );
    expect(refusal(() => fuzzSettings({ ...asked, drones: 3, samples: 8 }))).toContain('--samples');
    expect(fuzzSettings({ ...asked, drones: 3, samples: 32 }).mission).toMatchObject({
      kind: 'search',
    });
  });
});

describe('the sum of a fuzzing run', () => {
  it('bounds what it has not seen', () => {
    const summary = fuzzSummary([flown(2), flown(1)]);
    expect(summary).toMatchObject({ episodes: 2, simulatedS: 180, violations: [] });
    expect(summary.shareBound95).toBe(1);
    const many = fuzzSummary(Array.from({ length: 300 }, (_, seed) => flown(seed)));
    expect(many.shareBound95).toBeCloseTo(0.01, 6);
  });

  it('lists violations by seed, whatever order they came in, and counts by kind of fault and by radio', () => {
    const summary = fuzzSummary([
      { ...flown(9, 2, ['kill']), radio: 'P3' },
      flown(3, 1, ['kill', 'gnss']),
      flown(4),
    ]);
    expect(summary.violations.map(({ seed }) => seed)).toEqual([3, 9, 9]);
    expect(summary.byFault).toMatchObject({
      kill: { episodes: 2, withViolations: 2 },
      gnss: { episodes: 1, withViolations: 1 },
      none: { episodes: 1, withViolations: 0 },
    });
    expect(summary.byRadio).toMatchObject({
      P1: { episodes: 2, withViolations: 1 },
      P3: { episodes: 1, withViolations: 1 },
    });
    // Two of three: Wilson's one-sided 95 % bound.
    expect(summary.shareBound95).toBeGreaterThan(2 / 3);
    expect(summary.shareBound95).toBeLessThan(1);
  });
});
