import { areaNed } from '#protocols/mission/ground.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { containsPoint, type GroundPoint } from '#protocols/polygon.ts';

/** A square of the probability map: row = ⌊north / cellM⌋, column = ⌊east / cellM⌋ in the mission's NED frame. */
export interface GridCell {
  row: number;
  column: number;
}

export interface SearchGrid {
  cellM: number;
  /** Row by row, west to east. */
  cells: GridCell[];
  keys: ReadonlySet<number>;
}

/** Rows and columns travel in ±4096 (belief.ts). */
const LIMIT = 4096;
const SPAN = 2 * LIMIT + 1;

/** More cells than this are a mission for larger cells; bounds every map over cells. */
export const MAX_GRID_CELLS = 16_384;

/** One integer per cell; −1 for one outside what travels on the wire. */
export const cellKey = (row: number, column: number): number => {
  const inRange = Math.abs(row) <= LIMIT && Math.abs(column) <= LIMIT;
  return inRange ? (row + LIMIT) * SPAN + column + LIMIT : -1;
};

export const cellFromKey = (key: number): GridCell => ({
  row: Math.floor(key / SPAN) - LIMIT,
  column: (key % SPAN) - LIMIT,
});

/** m, mission NED. */
export const cellCentre = (cellM: number, cell: GridCell): GroundPoint => ({
  northM: (cell.row + 0.5) * cellM,
  eastM: (cell.column + 0.5) * cellM,
});

/**
 * The cells of a search: those whose centre is inside the area and in no hole. Every drone gets the
 * same ones, because the area's vertices are rounded to the centimetre first (ground.ts).
 */
export const searchGrid = (mission: Mission): SearchGrid => {
  const cellM = mission.search?.cellM ?? 0;
  const cells: GridCell[] = [];
  if (cellM > 0) {
    const area = areaNed(mission.origin, mission.area);
    const rows = span(
      area.outline.map((vertex) => vertex.northM),
      cellM,
    );
    const columns = span(
      area.outline.map((vertex) => vertex.eastM),
      cellM,
    );
    for (let row = rows.from; row <= rows.to; row += 1) {
      for (let column = columns.from; column <= columns.to; column += 1) {
        if (cells.length >= MAX_GRID_CELLS) break;
        const { northM, eastM } = cellCentre(cellM, { row, column });
        const inside =
          containsPoint(area.outline, northM, eastM) &&
          !area.holes.some((hole) => containsPoint(hole, northM, eastM));
        if (inside) cells.push({ row, column });
      }
    }
  }
  return { cellM, cells, keys: new Set(cells.map((cell) => cellKey(cell.row, cell.column))) };
};

const span = (metres: number[], cellM: number): { from: number; to: number } => ({
  from: Math.max(-LIMIT, Math.floor(Math.min(...metres) / cellM)),
  to: Math.min(LIMIT, Math.floor(Math.max(...metres) / cellM)),
});
