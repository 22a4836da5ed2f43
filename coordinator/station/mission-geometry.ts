import { searchGrid, type GridCell } from '#agent/mind/mission/grid.ts';
import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import type { Mission } from '#protocols/mission/mission.ts';

/** Longitude, latitude, degrees WGS-84. */
export type LonLat = [number, number];

/** A mission and where the cells of its probability map lie, each a closed ring of five corners. */
export interface MissionGeometry {
  mission: Mission;
  grid: { row: number; column: number; ring: LonLat[] }[];
}

/** A centimetre on the ground; keeps the answer for thousands of cells small. */
const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

const lonLat = (origin: Origin, northM: number, eastM: number): LonLat => {
  const place = geodeticFromNed(origin, { x: northM, y: eastM, z: 0 });
  return [rounded(place.lonDeg), rounded(place.latDeg)];
};

const cellRing = (origin: Origin, cellM: number, { row, column }: GridCell): LonLat[] => {
  const corners = [
    [row, column],
    [row, column + 1],
    [row + 1, column + 1],
    [row + 1, column],
    [row, column],
  ] as const;
  return corners.map(([north, east]) => lonLat(origin, north * cellM, east * cellM));
};

/** What the map page and the report draw of a mission; the grid is empty when it is no search. */
export const missionGeometry = (mission: Mission): MissionGeometry => {
  const { cellM, cells } = searchGrid(mission);
  return {
    mission,
    grid: cells.map((cell) => ({ ...cell, ring: cellRing(mission.origin, cellM, cell) })),
  };
};
