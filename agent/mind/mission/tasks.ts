import type { GroundPoint } from '#protocols/polygon.ts';

import { cellCentre, cellFromKey, type GridCell, type SearchGrid } from './grid.ts';

/** A piece of work that one drone does alone. */
export interface SearchTask {
  /** `lane:r<row>:<from>:<to>`, `lane:c<column>:<from>:<to>` or `confirm:<row>:<column>`. */
  id: string;
  kind: 'lane' | 'confirm';
  /** In the order in which a lane is flown from its first end. */
  cells: GridCell[];
  /** Where it may be entered and left, mission NED, m. */
  ends: readonly [GroundPoint, GroundPoint];
  /** Way flown from end to end. */
  lengthM: number;
}

/** Most cells of a lane: short enough that a takeover costs little, long enough that turns do not dominate. */
const LANE_CELLS = 5;
const LEAST_LANE_CELLS = 3;
/** So many lanes for each drone at least, where the area allows: few long ones cannot be shared evenly. */
const LANES_PER_DRONE = 3;
/** Together at most MAX_BID_ENTRIES (bid.ts), so that one message tells all of an auction. */
const MAX_LANES = 64;
export const MAX_CONFIRMS = 32;

/** A lane is flown this share of a cell beyond the centres of its end cells, so that the camera covers them. */
const OVERRUN = 0.25;

/**
 * Lanes of an area along its longer axis, in a fixed order: every drone derives the same from the same goal.
 * `drones` is the size of the goal's fleet.
 */
export const laneTasks = (grid: SearchGrid, drones: number): SearchTask[] => {
  if (grid.cells.length === 0) return [];
  const rows = grid.cells.map((cell) => cell.row);
  const columns = grid.cells.map((cell) => cell.column);
  const tall = extent(rows) >= extent(columns);
  const fair = Math.ceil(grid.cells.length / (LANES_PER_DRONE * Math.max(1, drones)));
  let laneCells = Math.min(LANE_CELLS, Math.max(LEAST_LANE_CELLS, fair));
  let tasks = lanesOf(grid, tall, laneCells);
  while (tasks.length > MAX_LANES && laneCells < grid.cells.length) {
    laneCells *= 2;
    tasks = lanesOf(grid, tall, laneCells);
  }
  return tasks;
};

const extent = (numbers: number[]): number => Math.max(...numbers) - Math.min(...numbers);

const lanesOf = (grid: SearchGrid, tall: boolean, laneCells: number): SearchTask[] => {
  const lines = new Map<number, GridCell[]>();
  for (const cell of grid.cells) {
    const line = tall ? cell.column : cell.row;
    lines.set(line, [...(lines.get(line) ?? []), cell]);
  }
  return [...lines.keys()]
    .sort((a, b) => a - b)
    .flatMap((line) => runsOf(lines.get(line)!, tall))
    .flatMap((run) => split(run, laneCells))
    .map((cells) => laneOf(grid.cellM, cells, tall));
};

const along = (cell: GridCell, tall: boolean): number => (tall ? cell.row : cell.column);

/** Cuts a line of cells where a hole or a bay of the area interrupts it. */
const runsOf = (cells: GridCell[], tall: boolean): GridCell[][] => {
  const runs: GridCell[][] = [];
  for (const cell of [...cells].sort((a, b) => along(a, tall) - along(b, tall))) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && along(cell, tall) === along(last, tall) + 1) {
      run.push(cell);
    } else {
      runs.push([cell]);
    }
  }
  return runs;
};

/** Parts of nearly equal length: a rest of one cell would cost a whole turn. */
const split = (run: GridCell[], laneCells: number): GridCell[][] => {
  const parts = Math.ceil(run.length / laneCells);
  return Array.from({ length: parts }, (_, part) =>
    run.slice(
      Math.floor((part * run.length) / parts),
      Math.floor(((part + 1) * run.length) / parts),
    ),
  );
};

const laneOf = (cellM: number, cells: GridCell[], tall: boolean): SearchTask => {
  const first = cells[0]!;
  const last = cells.at(-1)!;
  const start = cellCentre(cellM, first);
  const end = cellCentre(cellM, last);
  const overrunM = OVERRUN * cellM;
  const north = tall ? overrunM : 0;
  const east = tall ? 0 : overrunM;
  const line = tall ? `c${first.column}` : `r${first.row}`;
  return {
    id: `lane:${line}:${along(first, tall)}:${along(last, tall)}`,
    kind: 'lane',
    cells,
    ends: [
      { northM: start.northM - north, eastM: start.eastM - east },
      { northM: end.northM + north, eastM: end.eastM + east },
    ],
    lengthM: (cells.length - 1 + 2 * OVERRUN) * cellM,
  };
};

/**
 * The lanes that are a drone's own by preference: contiguous strips of equal size, in the order of the
 * fleet. The auction values them higher, which keeps neighbours apart and a drone's lanes side by side.
 */
export const stripOf = (
  lanes: readonly SearchTask[],
  index: number,
  drones: number,
): ReadonlySet<string> => {
  const total = lanes.reduce((sum, lane) => sum + lane.cells.length, 0);
  const own = new Set<string>();
  let before = 0;
  for (const lane of lanes) {
    const middle = before + lane.cells.length / 2;
    if (Math.floor((middle * drones) / total) === index) own.add(lane.id);
    before += lane.cells.length;
  }
  return own;
};

/** A second look at a suspicious cell. */
const confirmTask = (grid: SearchGrid, key: number): SearchTask => {
  const cell = cellFromKey(key);
  const centre = cellCentre(grid.cellM, cell);
  return {
    id: `confirm:${cell.row}:${cell.column}`,
    kind: 'confirm',
    cells: [cell],
    ends: [centre, centre],
    lengthM: grid.cellM,
  };
};

/** Confirm tasks of the suspicious cells, the first MAX_CONFIRMS of them in the order of their keys. */
export const confirmTasks = (grid: SearchGrid, suspicious: readonly number[]): SearchTask[] =>
  suspicious
    .filter((key) => grid.keys.has(key))
    .slice(0, MAX_CONFIRMS)
    .map((key) => confirmTask(grid, key));

/** Digest of task ids for the beacon (FNV-1a, 32 bits): drones that derived other tasks show it. */
export const taskDigest = (tasks: readonly SearchTask[]): number => {
  let hash = 0x811c9dc5;
  for (const task of tasks) {
    for (let index = 0; index <= task.id.length; index += 1) {
      const code = index < task.id.length ? task.id.charCodeAt(index) : 0;
      hash = Math.imul(hash ^ code, 0x01000193);
    }
  }
  return hash >>> 0;
};
