import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { seededRandom } from '#protocols/random.ts';
import { plantForest } from '#sim/scenarios/plant-forest.ts';
import { forestSchema } from '#sim/scenarios/world-part.ts';
import { clearanceM } from '#sim/world/obstacles.ts';

const WOOD = forestSchema.parse({
  kind: 'forest',
  northM: 100,
  eastM: -50,
  lengthNorthM: 40,
  lengthEastM: 30,
  densityPerM2: 0.05,
  radiusM: { least: 0.1, most: 0.4 },
  heightM: 8,
  minGapM: 0.8,
  clearM: 2,
});

const HOUSE = {
  kind: 'box',
  northM: 100,
  eastM: -50,
  lengthNorthM: 10,
  lengthEastM: 10,
  heightM: 6,
} as const;

describe('a forest', () => {
  it('keeps its gaps, to other trees and to what stands, and clear of homes, for any seed', () => {
    const home = { northM: 90, eastM: -60 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { trees, wanted } = plantForest(WOOD, [HOUSE], [home], seededRandom(seed));
        expect(wanted).toBe(60);
        expect(trees.length).toBe(60);
        for (const [index, tree] of trees.entries()) {
          const others = [HOUSE, ...trees.slice(0, index)];
          const gapM = clearanceM(others, tree.northM, tree.eastM, 0) - tree.radiusM;
          expect(gapM).toBeGreaterThanOrEqual(0.8 - 1e-9);
          const homeM = Math.hypot(tree.northM - home.northM, tree.eastM - home.eastM);
          expect(homeM - tree.radiusM).toBeGreaterThanOrEqual(2);
          expect(Math.abs(tree.northM - 100)).toBeLessThanOrEqual(20);
          expect(Math.abs(tree.eastM + 50)).toBeLessThanOrEqual(15);
          expect(tree.radiusM).toBeGreaterThanOrEqual(0.1);
          expect(tree.radiusM).toBeLessThanOrEqual(0.4);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is one for one seed, and another for another', () => {
    const first = plantForest(WOOD, [], [], seededRandom(1));
    expect(plantForest(WOOD, [], [], seededRandom(1))).toEqual(first);
    expect(plantForest(WOOD, [], [], seededRandom(2))).not.toEqual(first);
  });

  it('says when there is no room', () => {
    const dense = { ...WOOD, count: 2000, densityPerM2: undefined };
    const { trees, wanted } = plantForest(dense, [], [], seededRandom(3));
    expect(wanted).toBe(2000);
    expect(trees.length).toBeGreaterThan(200);
    expect(trees.length).toBeLessThan(1000);
  });
});
