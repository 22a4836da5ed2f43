import { horizontalDistance, vector3, type Vector3 } from '#protocols/vector.ts';
import { fenceClearance, type Keepout } from './clearance.ts';
import { distanceToLeg, isClearLeg, wallsAt, type Wall } from './line-of-sight.ts';
import type { Scene } from './scene.ts';
import type { PlanSettings } from './settings.ts';

/** Where to fly through, in order: the request's waypoints with detours put between them. */
export interface Route {
  points: Vector3[];
  /** Per point, metres within which it counts as passed. */
  passM: number[];
}

type RouteSettings = PlanSettings['route'];

/** A wall as seen by a leg: it never swallows the leg's own ends, so that there is a way out and a way in. */
const yielding = (wall: Wall, a: Vector3, b: Vector3): Wall => ({
  ...wall,
  radiusM: Math.min(
    wall.radiusM,
    horizontalDistance(a, vector3(wall.x, wall.y, 0)) - 0.01,
    horizontalDistance(b, vector3(wall.x, wall.y, 0)) - 0.01,
  ),
});

/** Corners of the polygon around a wall, far enough out that its sides stay clear. */
const cornersOf = (wall: Wall, z: number, settings: RouteSettings): Vector3[] => {
  const half = Math.PI / settings.corners;
  const outM = (wall.radiusM + settings.detourM) / Math.cos(half);
  return Array.from({ length: settings.corners }, (_, index) => {
    const angle = 2 * half * index;
    return vector3(wall.x + outM * Math.cos(angle), wall.y + outM * Math.sin(angle), z);
  });
};

const unit = (x: number, y: number): { x: number; y: number } => {
  const length = Math.sqrt(x * x + y * y);
  return length === 0 ? { x: 0, y: 0 } : { x: x / length, y: y / length };
};

/** Places just inside the fence's inward corners: a way round a bend of the area leads through them. */
const bendsOf = (edges: Float64Array, z: number, insetM: number): Vector3[] => {
  const bends: Vector3[] = [];
  for (let offset = 0; offset < edges.length; offset += 4) {
    const x = edges[offset]!;
    const y = edges[offset + 1]!;
    const before = (offset + edges.length - 4) % edges.length;
    const way = unit(x - edges[before]!, y - edges[before + 1]!);
    const on = unit(edges[offset + 2]! - x, edges[offset + 3]! - y);
    // Straight ahead past the corner and back from where the fence goes on: inside only where the corner points inwards.
    const inwards = unit(way.x - on.x, way.y - on.y);
    const bend = vector3(x + insetM * inwards.x, y + insetM * inwards.y, z);
    if (fenceClearance(edges, bend.x, bend.y) > insetM / 2) bends.push(bend);
  }
  return bends;
};

const isLeftOf = (a: Vector3, b: Vector3, place: Vector3): boolean =>
  (b.x - a.x) * (place.y - a.y) - (b.y - a.y) * (place.x - a.x) < 0;

/** Shortest way a → b over `via` (Dijkstra on the visibility graph); undefined when there is none. */
const shortest = (
  a: Vector3,
  b: Vector3,
  via: readonly Vector3[],
  isClear: (from: Vector3, to: Vector3) => boolean,
  leftBias: number,
): Vector3[] | undefined => {
  const nodes = [a, ...via, b];
  const last = nodes.length - 1;
  const cost = nodes.map((_, index) => (index === 0 ? 0 : Infinity));
  const previous = nodes.map(() => -1);
  const done = nodes.map(() => false);
  for (;;) {
    let at = -1;
    for (let index = 0; index <= last; index += 1) {
      if (!done[index]! && cost[index]! < (at < 0 ? Infinity : cost[at]!)) at = index;
    }
    if (at < 0) return undefined;
    if (at === last) break;
    done[at] = true;
    for (let index = 1; index <= last; index += 1) {
      if (done[index]!) continue;
      const bias = isLeftOf(a, b, nodes[index]!) ? leftBias : 1;
      const through = cost[at]! + bias * horizontalDistance(nodes[at]!, nodes[index]!);
      if (through < cost[index]! && isClear(nodes[at]!, nodes[index]!)) {
        cost[index] = through;
        previous[index] = at;
      }
    }
  }
  const way: Vector3[] = [];
  for (let at = previous[last]!; at > 0; at = previous[at]!) way.unshift(nodes[at]!);
  return way;
};

/** Places to fly through between a and b; empty when the straight leg is clear, or when nothing better is known. */
const detour = (
  scene: Scene,
  keepout: Keepout,
  a: Vector3,
  b: Vector3,
  settings: RouteSettings,
): Vector3[] => {
  const all = wallsAt(scene, keepout, Math.max(a.z, b.z), settings.stillM);
  const walls = all.map((wall) => yielding(wall, a, b));
  if (isClearLeg(scene.edges, walls, a, b)) return [];
  const gap = (wall: Wall): number => distanceToLeg(a, b, wall) - wall.radiusM;
  const near = walls.toSorted((one, other) => gap(one) - gap(other)).slice(0, settings.obstacles);
  const insetM = Math.max(0, keepout.fenceM) + settings.detourM;
  const via = [
    ...near.flatMap((wall) => cornersOf(wall, b.z, settings)),
    ...bendsOf(scene.edges, b.z, insetM)
      .toSorted((one, other) => distanceToLeg(a, b, one) - distanceToLeg(a, b, other))
      .slice(0, settings.corners),
  ].filter(
    (place) =>
      fenceClearance(scene.edges, place.x, place.y) > keepout.fenceM &&
      walls.every((wall) => horizontalDistance(place, vector3(wall.x, wall.y, 0)) > wall.radiusM),
  );
  const isClear = (from: Vector3, to: Vector3): boolean => isClearLeg(scene.edges, walls, from, to);
  return shortest(a, b, via, isClear, settings.leftBias) ?? [];
};

/**
 * The way from the scene's zero over its waypoints, around what stands still in the way. The horizon of a plan is two
 * seconds and sees no way round anything wide; this does. Legs beyond `lookM` of path are left straight.
 */
export const routeThrough = (
  scene: Scene,
  keepout: Keepout,
  settings: RouteSettings,
  acceptM: number,
  lookM: number,
): Route => {
  const points: Vector3[] = [];
  const passM: number[] = [];
  let from = vector3(0, 0, 0);
  let lengthM = 0;
  for (const waypoint of scene.waypoints) {
    const via = lengthM < lookM ? detour(scene, keepout, from, waypoint, settings) : [];
    for (const place of via) {
      points.push(place);
      passM.push(settings.detourM);
    }
    points.push(waypoint);
    passM.push(acceptM);
    lengthM += horizontalDistance(from, waypoint);
    from = waypoint;
  }
  return { points, passM };
};
