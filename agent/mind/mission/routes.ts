import { groundPoint } from '#protocols/mission/ground.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { signedDistanceToEdge, type GroundPoint, type Polygon } from '#protocols/polygon.ts';
import type { Vector3 } from '#protocols/vector.ts';

import { entryEnd } from '../allocate/path-score.ts';
import type { PlanObstacle } from '../plan-port.ts';
import { cellCentre, type GridCell } from './grid.ts';
import type { SearchTask } from './tasks.ts';

/** The ground that routes keep to: mission NED, m. */
export interface Terrain {
  fence: Polygon;
  obstacles: readonly PlanObstacle[];
  /** Flown height above the origin. */
  heightM: number;
  minSeparationM: number;
}

/** A waypoint keeps this far from an obstacle's wall, beyond half the minimum separation. */
const OBSTACLE_MARGIN_M = 3;
/** A waypoint keeps this far inside the fence. */
const FENCE_MARGIN_M = 6;

/** The place, moved straight away from any obstacle that stands as high as the flight. */
export const clearOfObstacles = (terrain: Terrain, place: GroundPoint): GroundPoint => {
  let moved = place;
  for (const obstacle of terrain.obstacles) {
    if (obstacle.heightM + OBSTACLE_MARGIN_M < terrain.heightM) continue;
    const needM = obstacle.radiusM + OBSTACLE_MARGIN_M + terrain.minSeparationM / 2;
    const north = moved.northM - obstacle.northM;
    const east = moved.eastM - obstacle.eastM;
    const distanceM = Math.sqrt(north * north + east * east);
    if (distanceM >= needM) continue;
    const share = distanceM < 0.01 ? 0 : needM / distanceM;
    moved =
      share === 0
        ? { northM: obstacle.northM + needM, eastM: obstacle.eastM }
        : { northM: obstacle.northM + north * share, eastM: obstacle.eastM + east * share };
  }
  return moved;
};

/** Ground places as waypoints at the terrain's height. */
export const waypointsAt = (terrain: Terrain, places: readonly GroundPoint[]): Vector3[] =>
  places.map((place) => {
    const clear = clearOfObstacles(terrain, place);
    return { x: clear.northM, y: clear.eastM, z: -terrain.heightM };
  });

/** A lane from its nearer end to the other. */
export const laneRoute = (task: SearchTask, from: GroundPoint): GroundPoint[] => {
  const entry = entryEnd(task, from);
  return [task.ends[entry], task.ends[entry === 0 ? 1 : 0]];
};

/** Eight ways across a cell, in the order in which they are tried after the straight one. */
const BEARINGS = [0, 1, 2, 3, 4, 5, 6, 7].map((eighth) => ({
  north: Math.round(Math.cos((eighth * Math.PI) / 4) * 1e6) / 1e6,
  east: Math.round(Math.sin((eighth * Math.PI) / 4) * 1e6) / 1e6,
}));

/**
 * One pass over a cell and out of it on the far side, as straight on as fence and obstacles allow.
 * Leaving the cell makes the next pass a new look.
 */
const passRoute = (
  terrain: Terrain,
  search: { cellM: number; footprintRadiusM: number },
  cell: GridCell,
  from: GroundPoint,
): GroundPoint[] => {
  const centre = cellCentre(search.cellM, cell);
  const beyondM = Math.max(0.9 * search.cellM, 2 * search.footprintRadiusM);
  const north = centre.northM - from.northM;
  const east = centre.eastM - from.eastM;
  const lengthM = Math.max(0.01, Math.sqrt(north * north + east * east));
  const straight = (bearing: { north: number; east: number }): number =>
    (bearing.north * north + bearing.east * east) / lengthM;
  const exits = [...BEARINGS]
    .sort((a, b) => straight(b) - straight(a))
    .map((bearing) => ({
      northM: centre.northM + beyondM * bearing.north,
      eastM: centre.eastM + beyondM * bearing.east,
    }));
  const free = (place: GroundPoint): boolean =>
    signedDistanceToEdge(terrain.fence, place.northM, place.eastM) >= FENCE_MARGIN_M &&
    clearOfObstacles(terrain, place) === place;
  const exit = exits.find(free) ?? exits[0]!;
  // Too near for a new pass: leave the camera's sight of the cell first.
  const inside = lengthM < 0.75 * beyondM;
  const entry = inside ? exits.toReversed().find(free) : undefined;
  return entry === undefined ? [centre, exit] : [entry, centre, exit];
};

/** One pass after the other over cells that were left unseen, from the nearer end. */
export const passesRoute = (
  terrain: Terrain,
  search: { cellM: number; footprintRadiusM: number },
  cells: readonly GridCell[],
  from: GroundPoint,
): GroundPoint[] => {
  const first = cells[0];
  const last = cells.at(-1);
  if (first === undefined || last === undefined) return [];
  const gapM = (cell: GridCell): number => squaredM(from, cellCentre(search.cellM, cell));
  const route: GroundPoint[] = [];
  for (const cell of gapM(last) < gapM(first) ? cells.toReversed() : cells) {
    route.push(...passRoute(terrain, search, cell, route.at(-1) ?? from));
  }
  return route;
};

const squaredM = (a: GroundPoint, b: GroundPoint): number =>
  (a.northM - b.northM) ** 2 + (a.eastM - b.eastM) ** 2;

/**
 * A goto mission's way for one of its drones: the waypoints in its own lane, shifted sideways of the way
 * from first to last, two minimum separations from lane to lane; then its own goal, if it was given one.
 * `fleet`: sysids, ascending.
 */
export const gotoRoute = (
  mission: Mission,
  index: number,
  fleet: readonly number[],
): GroundPoint[] => {
  const lane = laneOf(mission, index, fleet.length);
  const goal = mission.goals?.find(({ sysid }) => sysid === fleet[index]);
  return goal === undefined ? lane : [...lane, groundPoint(mission.origin, goal)];
};

const laneOf = (mission: Mission, index: number, drones: number): GroundPoint[] => {
  const places = (mission.waypoints ?? []).map((place) => groundPoint(mission.origin, place));
  const first = places[0];
  const last = places.at(-1);
  if (first === undefined || last === undefined) return [];
  const north = last.northM - first.northM;
  const east = last.eastM - first.eastM;
  const lengthM = Math.sqrt(north * north + east * east);
  const side =
    lengthM < 1 ? { north: 0, east: 1 } : { north: -east / lengthM, east: north / lengthM };
  const shiftM = (index - (drones - 1) / 2) * 2 * mission.minSeparationM;
  return places.map((place) => ({
    northM: place.northM + shiftM * side.north,
    eastM: place.eastM + shiftM * side.east,
  }));
};
