import type { Belief } from '#protocols/gossip/belief.ts';
import { MAX_BELIEF_CELLS } from '#protocols/gossip/belief.ts';

import { cellFromKey, cellKey } from '../mission/grid.ts';

/** How often one cell was passed over and how often something was seen there. */
export interface CellCount {
  looks: number;
  detections: number;
}

/** Authors that are kept: bounds what a swarm of liars can make a drone hold. */
export const MAX_AUTHORS = 250;
/** As on the wire. */
const MAX_COUNT = 255;

const EMPTY: CellCount = { looks: 0, detections: 0 };

/**
 * Look counts per author and cell, and their sums. A state-based counter: merging takes the greater
 * count per author (G-Counter, Shapiro et al. 2011), so order and repetition of messages do not matter.
 */
export interface LookCounts {
  /** Author → cell key → counts. */
  byAuthor: Map<number, Map<number, CellCount>>;
  /** Cell key → sums over the authors. */
  totals: Map<number, CellCount>;
}

export const emptyLookCounts = (): LookCounts => ({ byAuthor: new Map(), totals: new Map() });

export const totalAt = (counts: LookCounts, key: number): CellCount =>
  counts.totals.get(key) ?? EMPTY;

/** Raises one author's counts to at least the given ones; false when nothing changed. */
export const raise = (
  counts: LookCounts,
  author: number,
  key: number,
  looks: number,
  detections: number,
): boolean => {
  let cells = counts.byAuthor.get(author);
  if (cells === undefined) {
    if (counts.byAuthor.size >= MAX_AUTHORS) return false;
    cells = new Map();
    counts.byAuthor.set(author, cells);
  }
  const old = cells.get(key) ?? EMPTY;
  const raised = {
    looks: Math.min(MAX_COUNT, Math.max(old.looks, looks)),
    detections: Math.min(MAX_COUNT, Math.max(old.detections, detections)),
  };
  if (raised.looks === old.looks && raised.detections === old.detections) return false;
  cells.set(key, raised);
  const total = totalAt(counts, key);
  counts.totals.set(key, {
    looks: total.looks + raised.looks - old.looks,
    detections: total.detections + raised.detections - old.detections,
  });
  return true;
};

/** As if it had never looked. */
export const forgetAuthor = (counts: LookCounts, author: number): void => {
  for (const [key, { looks, detections }] of counts.byAuthor.get(author) ?? []) {
    const total = totalAt(counts, key);
    counts.totals.set(key, {
      looks: total.looks - looks,
      detections: total.detections - detections,
    });
  }
  counts.byAuthor.delete(author);
};

/** One more pass of the author's own camera over a cell. */
export const addLook = (
  counts: LookCounts,
  author: number,
  key: number,
  detected: boolean,
): boolean => {
  const old = counts.byAuthor.get(author)?.get(key) ?? EMPTY;
  return raise(counts, author, key, old.looks + 1, old.detections + (detected ? 1 : 0));
};

/** Merges what an author says of its own looks; cells that `isCell` refuses are ignored. True when something changed. */
export const mergeBelief = (
  counts: LookCounts,
  author: number,
  cells: Belief['cells'],
  isCell: (key: number) => boolean,
): boolean => {
  let changed = false;
  for (const [row, column, looks, detections] of cells) {
    const key = cellKey(row, column);
    if (isCell(key) && detections <= looks) {
      changed = raise(counts, author, key, looks, detections) || changed;
    }
  }
  return changed;
};

/**
 * The author's counts as one message. Past MAX_BELIEF_CELLS cells a window that `turn` moves on,
 * so that repeated messages cover everything.
 */
export const beliefCells = (counts: LookCounts, author: number, turn: number): Belief['cells'] => {
  const all = [...(counts.byAuthor.get(author) ?? [])].sort(([a], [b]) => a - b);
  const first = all.length <= MAX_BELIEF_CELLS ? 0 : (turn * MAX_BELIEF_CELLS) % all.length;
  return all.slice(first, first + MAX_BELIEF_CELLS).map(([key, count]) => {
    const { row, column } = cellFromKey(key);
    return [row, column, count.looks, count.detections];
  });
};
