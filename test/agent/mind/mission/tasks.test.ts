import { describe, expect, it } from 'vitest';

import { MAX_BID_ENTRIES, taskIdSchema } from '#protocols/gossip/bid.ts';
import { cellCentre, cellKey, searchGrid } from '#agent/mind/mission/grid.ts';
import {
  confirmTasks,
  laneTasks,
  MAX_CONFIRMS,
  stripOf,
  taskDigest,
  type SearchTask,
} from '#agent/mind/mission/tasks.ts';
import { searchMission } from '../harness/missions.ts';

const hole = [
  [75, -30],
  [75, 30],
  [140, 30],
  [140, -30],
] as const;

const keysOf = (tasks: readonly SearchTask[]): number[] =>
  tasks.flatMap((task) => task.cells.map((cell) => cellKey(cell.row, cell.column)));

describe('tasks of a search', () => {
  const grid = searchGrid(searchMission(250, 300, {}, hole));
  const lanes = laneTasks(grid, 5);

  it('leaves out the hole and what lies outside', () => {
    const whole = searchGrid(searchMission(250, 300));
    expect(whole.cells).toHaveLength(120);
    expect(grid.cells.length).toBeLessThan(120);
    for (const cell of grid.cells) {
      const { northM, eastM } = cellCentre(25, cell);
      const inHole = northM > 75 && northM < 140 && Math.abs(eastM) < 30;
      expect(inHole).toBe(false);
      expect(northM > 25 && northM < 275 && Math.abs(eastM) < 150).toBe(true);
    }
  });

  it('gives every cell to exactly one lane of neighbouring cells', () => {
    expect(keysOf(lanes).sort((a, b) => a - b)).toEqual([...grid.keys].sort((a, b) => a - b));
    for (const lane of lanes) {
      expect(lane.cells.length).toBeLessThanOrEqual(5);
      for (const [index, cell] of lane.cells.entries()) {
        const before = lane.cells[index - 1];
        if (before !== undefined) {
          expect(Math.abs(cell.row - before.row) + Math.abs(cell.column - before.column)).toBe(1);
        }
      }
    }
  });

  it('lays lanes along the longer side', () => {
    expect(lanes.every((lane) => lane.id.startsWith('lane:r'))).toBe(true);
    const tall = laneTasks(searchGrid(searchMission(300, 100)), 5);
    expect(tall.every((lane) => lane.id.startsWith('lane:c'))).toBe(true);
  });

  it('names tasks as the wire wants them, each differently, and digests them', () => {
    const ids = lanes.map((lane) => lane.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(taskIdSchema.safeParse(id).success).toBe(true);
    const again = laneTasks(searchGrid(searchMission(250, 300, {}, hole)), 5);
    expect(taskDigest(again)).toBe(taskDigest(lanes));
    expect(taskDigest(lanes.slice(1))).not.toBe(taskDigest(lanes));
  });

  it('fits an auction message however large the area is', () => {
    const large = laneTasks(searchGrid(searchMission(1200, 1500)), 5);
    expect(large.length + MAX_CONFIRMS).toBeLessThanOrEqual(MAX_BID_ENTRIES);
    expect(keysOf(large)).toHaveLength(48 * 60);
  });

  it('prefers for each drone a strip of its own, and leaves no lane to nobody', () => {
    const strips = [0, 1, 2, 3, 4].map((index) => stripOf(lanes, index, 5));
    expect(strips.flatMap((strip) => [...strip]).sort()).toEqual(
      lanes.map((lane) => lane.id).sort(),
    );
    for (const strip of strips) expect(strip.size).toBeGreaterThan(0);
  });

  it('cuts a small area into shorter lanes, so that it can be shared', () => {
    const small = laneTasks(searchGrid(searchMission(100, 100)), 3);
    expect(small.every((lane) => lane.cells.length <= 3)).toBe(true);
    expect(small.length).toBeGreaterThanOrEqual(6);
  });

  it('confirms only cells of the area, and not too many at once', () => {
    const suspicious = [...grid.keys];
    expect(confirmTasks(grid, [...suspicious, cellKey(4000, 4000)])).toHaveLength(MAX_CONFIRMS);
    expect(confirmTasks(grid, [cellKey(4000, 4000)])).toEqual([]);
    expect(confirmTasks(grid, [cellKey(1, -2)])[0]?.id).toBe('confirm:1:-2');
  });
});
