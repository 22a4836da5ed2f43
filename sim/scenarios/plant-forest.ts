import type { GroundPoint } from '#protocols/polygon.ts';
import type { Random } from '#protocols/random.ts';
import { clearanceM, type Cylinder, type Obstacle } from '../world/obstacles.ts';
import type { Forest } from './world-part.ts';

/** A tree for which so many places in a row were taken has none. */
const TRIES = 3000;

export interface Planted {
  trees: Cylinder[];
  /** How many were asked for; fewer trees: the forest is too dense to be. */
  wanted: number;
}

/**
 * Trees one after another at random, each where it keeps its gap to what stands and clear of `keepClear`
 * (random sequential addition). One stream, one forest.
 */
export const plantForest = (
  forest: Forest,
  standing: readonly Obstacle[],
  keepClear: readonly GroundPoint[],
  random: Random,
): Planted => {
  const { lengthNorthM, lengthEastM, minGapM, clearM, heightM } = forest;
  const wanted =
    forest.count ?? Math.round((forest.densityPerM2 ?? 0) * lengthNorthM * lengthEastM);
  const trees: Cylinder[] = [];
  while (trees.length < wanted) {
    const radiusM = drawRadiusM(forest, random);
    const tree = findPlace(() => {
      const northM = forest.northM + lengthNorthM * (random.uniform() - 0.5);
      const eastM = forest.eastM + lengthEastM * (random.uniform() - 0.5);
      const isFree =
        clearanceM(standing, northM, eastM, 0) >= radiusM + minGapM &&
        clearanceM(trees, northM, eastM, 0) >= radiusM + minGapM &&
        keepClear.every(
          (place) => Math.hypot(place.northM - northM, place.eastM - eastM) >= radiusM + clearM,
        );
      return isFree ? { kind: 'cylinder', northM, eastM, radiusM, heightM } : undefined;
    });
    if (tree === undefined) break;
    trees.push(tree);
  }
  return { trees, wanted };
};

const drawRadiusM = ({ radiusM }: Forest, random: Random): number => {
  if (typeof radiusM === 'number') return radiusM;
  return radiusM.least + (radiusM.most - radiusM.least) * random.uniform();
};

const findPlace = (draw: () => Cylinder | undefined): Cylinder | undefined => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const tree = draw();
    if (tree !== undefined) return tree;
  }
  return undefined;
};
