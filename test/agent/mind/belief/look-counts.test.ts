import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  addLook,
  beliefCells,
  emptyLookCounts,
  mergeBelief,
  totalAt,
  type LookCounts,
} from '#agent/mind/belief/look-counts.ts';
import { cellFromKey, cellKey } from '#agent/mind/mission/grid.ts';

interface Message {
  author: number;
  cells: [row: number, column: number, looks: number, detections: number][];
}

const message: fc.Arbitrary<Message> = fc.record({
  author: fc.integer({ min: 1, max: 5 }),
  cells: fc.array(
    fc
      .tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 0, max: 2 }), fc.nat(9), fc.nat(9))
      .map(([row, column, a, b]): Message['cells'][number] => [
        row,
        column,
        Math.max(a, b),
        Math.min(a, b),
      ]),
    { maxLength: 6 },
  ),
});

const merged = (messages: readonly Message[]): LookCounts => {
  const counts = emptyLookCounts();
  for (const { author, cells } of messages) mergeBelief(counts, author, cells, () => true);
  return counts;
};

const totals = (counts: LookCounts): unknown =>
  [...counts.totals].filter(([, count]) => count.looks > 0).sort(([a], [b]) => a - b);

describe('the shared search map', () => {
  it('is the same in whatever order messages come, however often', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.func(fc.integer()),
        (messages, keyOf) => {
          const shuffled = messages
            .map((one, index) => ({ one, key: keyOf(index) }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
          const once = totals(merged(messages));
          expect(totals(merged(shuffled))).toEqual(once);
          expect(totals(merged([...messages, ...shuffled]))).toEqual(once);
        },
      ),
    );
  });

  it('merges two maps alike from either side and in any grouping', () => {
    const asMessages = (counts: LookCounts): Message[] =>
      [...counts.byAuthor.keys()].map((author) => ({
        author,
        cells: beliefCells(counts, author, 0),
      }));
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.array(message, { maxLength: 5 }),
        fc.array(message, { maxLength: 5 }),
        (a, b, c) => {
          const left = merged([...asMessages(merged([...a, ...b])), ...asMessages(merged(c))]);
          const right = merged([...asMessages(merged([...c, ...b])), ...asMessages(merged(a))]);
          expect(totals(left)).toEqual(totals(right));
        },
      ),
    );
  });

  it('adds looks of different drones and never counts a repeated message twice', () => {
    const counts = emptyLookCounts();
    const key = cellKey(3, -4);
    addLook(counts, 1, key, true);
    addLook(counts, 1, key, false);
    mergeBelief(counts, 2, [[3, -4, 1, 1]], () => true);
    mergeBelief(counts, 2, [[3, -4, 1, 1]], () => true);
    expect(totalAt(counts, key)).toEqual({ looks: 3, detections: 2 });
    expect(beliefCells(counts, 1, 0)).toEqual([[3, -4, 2, 1]]);
  });

  it('refuses cells outside the area and more detections than looks', () => {
    const counts = emptyLookCounts();
    expect(mergeBelief(counts, 2, [[0, 0, 1, 0]], () => false)).toBe(false);
    expect(mergeBelief(counts, 2, [[0, 0, 1, 2]], () => true)).toBe(false);
    expect(counts.totals.size).toBe(0);
  });

  it('sends more cells than one message holds in turns that cover all of them', () => {
    const counts = emptyLookCounts();
    for (let cell = 0; cell < 300; cell += 1) addLook(counts, 1, cellKey(cell, 0), false);
    const rows = new Set<number>();
    for (let turn = 0; turn < 60; turn += 1) {
      const cells = beliefCells(counts, 1, turn);
      expect(cells.length).toBeLessThanOrEqual(128);
      for (const [row] of cells) rows.add(row);
    }
    expect(rows.size).toBe(300);
  });

  it('names every cell by one number', () => {
    const coordinate = fc.integer({ min: -4096, max: 4096 });
    fc.assert(
      fc.property(coordinate, coordinate, (row, column) => {
        expect(cellFromKey(cellKey(row, column))).toEqual({ row, column });
      }),
    );
    expect(cellKey(4097, 0)).toBe(-1);
  });
});
