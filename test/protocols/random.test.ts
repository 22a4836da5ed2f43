import { describe, expect, it } from 'vitest';

import { seededRandom } from '#protocols/random.ts';

const SEEDS = Array.from({ length: 4000 }, (_, seed) => seed);

/** Of two columns, 0 when neither says anything of the other. */
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / a.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((one, index) => (one - meanA) * (b[index]! - meanB)));
  const variance = (values: readonly number[], middle: number) =>
    mean(values.map((one) => (one - middle) ** 2));
  return covariance / Math.sqrt(variance(a, meanA) * variance(b, meanB));
};

/** Each in one of 8 × 8 cells: how far the counts are from even, as chi-square over its 63 degrees. */
const unevenness = (a: readonly number[], b: readonly number[]): number => {
  const counts = Array.from({ length: 64 }, () => 0);
  for (const [index, one] of a.entries()) {
    const cell = 8 * Math.floor(8 * one) + Math.floor(8 * b[index]!);
    counts[cell]! += 1;
  }
  const expected = a.length / 64;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) / 63;
};

describe('seeded randomness', () => {
  it('is the same for the same seed and label', () => {
    const draws = (): number[] => {
      const random = seededRandom(7).fork('a').fork('b');
      return Array.from({ length: 20 }, () => random.uniform());
    };
    expect(draws()).toEqual(draws());
  });

  it('forks streams that know nothing of each other: the first draws of siblings', () => {
    const first = (label: string) => SEEDS.map((seed) => seededRandom(seed).fork(label).uniform());
    const pairs = [
      ['drones', 'kind'],
      ['radio', 'planner'],
      ['drone-1', 'drone-2'],
    ] as const;
    for (const [a, b] of pairs) {
      expect(Math.abs(correlation(first(a), first(b)))).toBeLessThan(0.06);
      expect(unevenness(first(a), first(b))).toBeLessThan(1.6);
    }
  });

  it('forks streams that differ from those of the next seed', () => {
    const first = SEEDS.map((seed) => seededRandom(seed).fork('fuzz').fork('drones').uniform());
    const next = [
      ...first.slice(1),
      seededRandom(SEEDS.length).fork('fuzz').fork('drones').uniform(),
    ];
    expect(Math.abs(correlation(first, next))).toBeLessThan(0.06);
    expect(unevenness(first, next)).toBeLessThan(1.6);
  });
});
