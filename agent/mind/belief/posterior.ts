import type { Mission } from '#protocols/mission/mission.ts';

import { totalAt, type CellCount, type LookCounts } from './look-counts.ts';

export type SearchTerms = NonNullable<Mission['search']>;

/** Looks after which a cell that stays undecided is given up, so that a search always ends. */
export const MAX_LOOKS = 8;

/** Multiplied out and not Math.pow, whose last bit differs between engines: all drones must agree. */
const power = (base: number, exponent: number): number => {
  let product = 1;
  for (let index = 0; index < exponent; index += 1) product *= base;
  return product;
};

/**
 * Probability that a cell holds a target, by Bayes' rule from the prior expectedTargets / cells and
 * independent looks of known pDetect and pFalse (occupancy-style search map, e.g. Bourgault et al. 2003).
 */
export const posterior = (search: SearchTerms, cells: number, count: CellCount): number => {
  const prior = Math.min(0.5, search.expectedTargets / Math.max(1, cells));
  const misses = count.looks - count.detections;
  const there = prior * power(search.pDetect, count.detections) * power(1 - search.pDetect, misses);
  const empty =
    (1 - prior) * power(search.pFalse, count.detections) * power(1 - search.pFalse, misses);
  return there + empty === 0 ? prior : there / (there + empty);
};

/** What the looks at one cell amount to. `suspicious` calls for another look. */
export type CellVerdict = 'unseen' | 'clear' | 'suspicious' | 'target' | 'undecided';

/** A target needs declareAt and a second look; a cell is suspicious only after a detection. */
export const verdict = (search: SearchTerms, cells: number, count: CellCount): CellVerdict => {
  if (count.looks === 0) return 'unseen';
  if (count.detections === 0) return 'clear';
  const probability = posterior(search, cells, count);
  if (probability >= search.declareAt && count.looks >= 2) return 'target';
  if (probability <= search.dismissAt) return 'clear';
  return count.looks >= MAX_LOOKS ? 'undecided' : 'suspicious';
};

/** Keys of the cells that call for another look, ascending. */
export const suspiciousCells = (
  search: SearchTerms,
  cells: number,
  counts: LookCounts,
): number[] => {
  const keys: number[] = [];
  for (const [key, count] of counts.totals) {
    if (count.detections > 0 && verdict(search, cells, count) === 'suspicious') keys.push(key);
  }
  return keys.sort((a, b) => a - b);
};

export const verdictAt = (
  search: SearchTerms,
  cells: number,
  counts: LookCounts,
  key: number,
): CellVerdict => verdict(search, cells, totalAt(counts, key));
