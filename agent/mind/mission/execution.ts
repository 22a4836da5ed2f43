import type { GroundPoint } from '#protocols/polygon.ts';
import type { Vector3 } from '#protocols/vector.ts';

import { totalAt, type LookCounts } from '../belief/look-counts.ts';
import { verdictAt, type SearchTerms } from '../belief/posterior.ts';
import { cellKey, type SearchGrid } from './grid.ts';
import { ACCEPT_M, advance, isFlown, newRoute, type Route } from './route-progress.ts';
import { laneRoute, passesRoute, waypointsAt, type Terrain } from './routes.ts';
import type { SearchTask } from './tasks.ts';

/** A task being done. */
export interface Execution {
  task: SearchTask;
  claimEpoch: number;
  route: Route;
  /** Passes begun. */
  passes: number;
  /** Looks that its cells had had when the pass began. */
  looksBefore: number;
  /** When the route had been flown; null before. */
  flownMs: number | null;
}

export interface SearchPicture {
  search: SearchTerms;
  grid: SearchGrid;
  counts: LookCounts;
  terrain: Terrain;
}

/** The camera's word on the last cell may come this much after the drone left it. */
const LOOK_WAIT_MS = 2500;
/** Passes after which a task is given up, so that no cell behind an obstacle holds up a mission. */
const MAX_PASSES = { lane: 3, confirm: 8 } as const;

const unseenCells = (picture: SearchPicture, task: SearchTask) =>
  task.cells.filter((cell) => totalAt(picture.counts, cellKey(cell.row, cell.column)).looks === 0);

/** True when nothing is left to see: every cell of a lane was looked at, a suspicion is decided. */
export const isSatisfied = (picture: SearchPicture, task: SearchTask): boolean => {
  const { search, grid, counts } = picture;
  if (task.kind === 'lane') return unseenCells(picture, task).length === 0;
  return task.cells.every(
    (cell) =>
      verdictAt(search, grid.cells.length, counts, cellKey(cell.row, cell.column)) !== 'suspicious',
  );
};

const routeOf = (
  picture: SearchPicture,
  task: SearchTask,
  from: GroundPoint,
  passes: number,
): Route => {
  const { search, terrain } = picture;
  const isFirst = passes === 1 && unseenCells(picture, task).length === task.cells.length;
  if (task.kind === 'lane' && isFirst) return newRoute(waypointsAt(terrain, laneRoute(task, from)));
  const cells = task.kind === 'confirm' ? task.cells : unseenCells(picture, task);
  return newRoute(waypointsAt(terrain, passesRoute(terrain, search, cells, from)));
};

export const beginTask = (
  picture: SearchPicture,
  task: SearchTask,
  claimEpoch: number,
  from: GroundPoint,
): Execution => ({
  task,
  claimEpoch,
  route: routeOf(picture, task, from, 1),
  passes: 1,
  looksBefore: looksAt(picture, task),
  flownMs: null,
});

const looksAt = (picture: SearchPicture, task: SearchTask): number =>
  task.cells.reduce(
    (sum, cell) => sum + totalAt(picture.counts, cellKey(cell.row, cell.column)).looks,
    0,
  );

/** Flies on; true when the task is over, satisfied or given up. */
export const continueTask = (
  picture: SearchPicture,
  execution: Execution,
  position: Vector3,
  nowMs: number,
): boolean => {
  if (isSatisfied(picture, execution.task)) return true;
  advance(execution.route, position, ACCEPT_M);
  // A suspicion that stands after a look needs the next one: no use in flying this pass to its end.
  const isLooked =
    execution.task.kind === 'confirm' && looksAt(picture, execution.task) > execution.looksBefore;
  if (!isLooked) {
    if (!isFlown(execution.route)) return false;
    execution.flownMs ??= nowMs;
    if (nowMs - execution.flownMs < LOOK_WAIT_MS) return false;
  }
  if (execution.passes >= MAX_PASSES[execution.task.kind]) return true;
  execution.passes += 1;
  execution.looksBefore = looksAt(picture, execution.task);
  execution.flownMs = null;
  const from = { northM: position.x, eastM: position.y };
  execution.route = routeOf(picture, execution.task, from, execution.passes);
  return false;
};

/** For a task report: what was seen while doing it. */
export const evidenceOf = (picture: SearchPicture, task: SearchTask): string => {
  let looks = 0;
  let detections = 0;
  for (const cell of task.cells) {
    const count = totalAt(picture.counts, cellKey(cell.row, cell.column));
    looks += count.looks;
    detections += count.detections;
  }
  const seen = task.cells.length - unseenCells(picture, task).length;
  return `cells ${seen}/${task.cells.length}, looks ${looks}, detections ${detections}`;
};
