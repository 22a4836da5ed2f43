import { geodeticFromNed } from '#protocols/frames.ts';
import type { Finding } from '#protocols/gossip/finding.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { Origin } from '#protocols/frames.ts';
import { vector3 } from '#protocols/vector.ts';

import { cellCentre, cellFromKey, cellKey, type SearchGrid } from '../mission/grid.ts';
import { totalAt, type LookCounts } from './look-counts.ts';
import { posterior, verdict, type SearchTerms } from './posterior.ts';

interface Sighting {
  /** Mean of the own detections, mission NED, m, and how many they are. */
  northM: number;
  eastM: number;
  detections: number;
  /** True once anyone announced the cell. */
  announced: boolean;
  /** When this drone became certain of it, monotonic ms; null before. */
  certainMs: number | null;
}

/** Whoever is not first in line to announce a cell waits so long for those who are. */
const FIRST_IN_LINE_MS = 5000;

/** By cell key: where this drone's own camera saw something, and what was announced. */
export type FindingBook = Map<number, Sighting>;

const unseen = (): Sighting => ({
  northM: 0,
  eastM: 0,
  detections: 0,
  announced: false,
  certainMs: null,
});

export const noteDetection = (
  book: FindingBook,
  key: number,
  northM: number,
  eastM: number,
): void => {
  const old = book.get(key) ?? unseen();
  const detections = old.detections + 1;
  book.set(key, {
    ...old,
    northM: old.northM + (northM - old.northM) / detections,
    eastM: old.eastM + (eastM - old.eastM) / detections,
    detections,
  });
};

/** Somebody announced this cell: nobody needs to again. */
export const noteFinding = (book: FindingBook, grid: SearchGrid, finding: Finding): void => {
  const key = cellKey(finding.row, finding.column);
  if (!grid.keys.has(key)) return;
  book.set(key, { ...(book.get(key) ?? unseen()), announced: true });
};

interface FindingFacts {
  goal: GoalId;
  origin: Origin;
  search: SearchTerms;
  grid: SearchGrid;
  counts: LookCounts;
  /** Own member id: only who looked at the cell itself announces it. */
  self: number;
  nowMs: number;
}

/** Of those who detected something in a cell the smallest member is first in line to announce it. */
const isFirstInLine = (facts: FindingFacts, key: number): boolean => {
  for (const [author, cells] of facts.counts.byAuthor) {
    if (author < facts.self && (cells.get(key)?.detections ?? 0) > 0) return false;
  }
  return (facts.counts.byAuthor.get(facts.self)?.get(key)?.detections ?? 0) > 0;
};

/** Cells that are certain now and that nobody announced; notes them as announced. */
export const newFindings = (book: FindingBook, facts: FindingFacts): Finding[] => {
  const { goal, origin, search, grid, counts, self } = facts;
  const findings: Finding[] = [];
  for (const key of counts.byAuthor.get(self)?.keys() ?? []) {
    const count = totalAt(counts, key);
    const sighting = book.get(key) ?? unseen();
    const isTarget = verdict(search, grid.cells.length, count) === 'target';
    if (sighting.announced || !isTarget) continue;
    const certainMs = sighting.certainMs ?? facts.nowMs;
    const announced = isFirstInLine(facts, key) || facts.nowMs - certainMs >= FIRST_IN_LINE_MS;
    book.set(key, { ...sighting, announced, certainMs });
    if (!announced) continue;
    const cell = cellFromKey(key);
    const place = sighting.detections > 0 ? sighting : cellCentre(grid.cellM, cell);
    const { latDeg, lonDeg } = geodeticFromNed(origin, vector3(place.northM, place.eastM, 0));
    findings.push({
      goal,
      row: cell.row,
      column: cell.column,
      latDeg,
      lonDeg,
      confidence: posterior(search, grid.cells.length, count),
      looks: count.looks,
      detections: count.detections,
    });
  }
  return findings;
};
