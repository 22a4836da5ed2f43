import { verdict, type SearchTerms } from '#agent/mind/belief/posterior.ts';

/**
 * Probability that a search looks at a cell that holds a target, suspects it, and looks again until it
 * declares it: the least that luck allows a perfect swarm, with one look per cell and a second one only
 * on suspicion. `cells`: how many the area has, which sets the prior.
 */
export const findProbability = (search: SearchTerms, cells: number): number =>
  // A first look that misses leaves the cell clear: nobody comes back.
  search.pDetect * declaredAfter(search, cells, 1, 1);

const declaredAfter = (
  search: SearchTerms,
  cells: number,
  looks: number,
  detections: number,
): number => {
  switch (verdict(search, cells, { looks, detections })) {
    case 'target':
      return 1;
    case 'suspicious':
      return (
        search.pDetect * declaredAfter(search, cells, looks + 1, detections + 1) +
        (1 - search.pDetect) * declaredAfter(search, cells, looks + 1, detections)
      );
    default:
      return 0;
  }
};

/** Probability that of `hidden` targets, each found with `chance`, no more than `found` are: how unlucky that is. */
export const findsAtMost = (found: number, hidden: number, chance: number): number => {
  let sum = 0;
  let ways = 1;
  for (let finds = 0; finds <= Math.min(found, hidden); finds += 1) {
    sum += ways * chance ** finds * (1 - chance) ** (hidden - finds);
    ways = (ways * (hidden - finds)) / (finds + 1);
  }
  return Math.min(1, sum);
};
