import { suspiciousCells, type SearchTerms } from '../belief/posterior.ts';
import { totalAt, type LookCounts } from '../belief/look-counts.ts';
import { cellKey, type SearchGrid } from './grid.ts';

export interface SearchProgress {
  cells: number;
  /** Cells with at least one look. */
  searched: number;
  /** searched / cells; 1 for an area without cells. */
  fraction: number;
  /** Keys of the cells that call for another look. */
  suspicious: number[];
  /** The mission's own criterion: searched fraction reached and no suspicion open. */
  complete: boolean;
}

export const searchProgress = (
  search: SearchTerms,
  grid: SearchGrid,
  counts: LookCounts,
): SearchProgress => {
  const cells = grid.cells.length;
  let searched = 0;
  for (const cell of grid.cells) {
    if (totalAt(counts, cellKey(cell.row, cell.column)).looks > 0) searched += 1;
  }
  const fraction = cells === 0 ? 1 : searched / cells;
  const suspicious = suspiciousCells(search, cells, counts);
  const complete = fraction >= search.searchedFraction && suspicious.length === 0;
  return { cells, searched, fraction, suspicious, complete };
};
