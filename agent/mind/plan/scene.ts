import { MAX_TRAJECTORY_STEPS } from '#protocols/trajectory.ts';
import { distance, subtract, type Vector3 } from '#protocols/vector.ts';
import { STEP_S } from '#world/spaces.ts';
import type { NeighbourTube, PlanRequest } from '../plan-port.ts';

/** Moments at which a scene knows its neighbours: the start and the end of every step that a trajectory can have. */
export const SCENE_MOMENTS = MAX_TRAJECTORY_STEPS + 1;

/** A cylinder that stands on the ground, in the scene's frame. */
export interface Cylinder {
  x: number;
  y: number;
  radiusM: number;
  /** z of its top; the air above (smaller z) is free. */
  topZ: number;
}

/** A neighbour's promised tube at the scene's moments. */
export interface Occupancy {
  member: number;
  /** x, y, z, radius per moment, [4 × SCENE_MOMENTS], m. */
  at: Float64Array;
}

/**
 * What a request says about the world, in a frame of its own: NED, metres from where the vehicle was at startMs, so that
 * single precision is enough for the planner's graph.
 */
export interface Scene {
  /** The frame's zero in mission NED. */
  originNed: Vector3;
  waypoints: Vector3[];
  /** Fence edges, ax ay bx by each; inside is where the vehicle may be. */
  edges: Float64Array;
  /** Smallest and largest z allowed: the highest and the lowest height. */
  topZ: number;
  bottomZ: number;
  cylinders: Cylinder[];
  occupied: Occupancy[];
}

/**
 * Whether the tube is certain to stay beyond `reachM` of a place: no point between two knots is nearer than the nearer of them
 * less half their distance. Far cheaper than to look at every moment.
 */
const isBeyond = ({ knots }: NeighbourTube, from: Vector3, reachM: number): boolean => {
  let leastM = Infinity;
  let widestM = 0;
  let longestM = 0;
  let before = knots[0]!;
  for (let index = 0; index < knots.length; index += 1) {
    const knot = knots[index]!;
    leastM = Math.min(leastM, distance(knot, from));
    widestM = Math.max(widestM, knot.radiusM);
    longestM = Math.max(longestM, distance(knot, before));
    before = knot;
  }
  return leastM - widestM - longestM / 2 >= reachM;
};

/** A tube at every moment of the scene: linear between knots, the first before, the last for ever after. */
const occupancyOf = (tube: NeighbourTube, startMs: number, originNed: Vector3): Occupancy => {
  const { member, knots, knotMs } = tube;
  const { x, y, z } = originNed;
  const at = new Float64Array(4 * SCENE_MOMENTS);
  const last = knots.length - 1;
  for (let moment = 0; moment < SCENE_MOMENTS; moment += 1) {
    const atMs = startMs + moment * STEP_S * 1000;
    const raw = Math.min(Math.max((atMs - tube.startMs) / knotMs, 0), last);
    const low = Math.min(Math.floor(raw), Math.max(0, last - 1));
    const from = knots[low]!;
    const to = knots[Math.min(low + 1, last)]!;
    const share = raw - low;
    const offset = 4 * moment;
    at[offset] = from.x + share * (to.x - from.x) - x;
    at[offset + 1] = from.y + share * (to.y - from.y) - y;
    at[offset + 2] = from.z + share * (to.z - from.z) - z;
    // A promise holds between its knots too, so the wider one counts.
    at[offset + 3] = Math.max(from.radiusM, to.radiusM);
  }
  return { member, at };
};

/** The scene without neighbours that stay beyond `reachM` of its zero. */
export const sceneOf = (request: PlanRequest, reachM: number): Scene => {
  const originNed = request.vehicle.positionNed;
  const { fence } = request;
  const edges = new Float64Array(4 * fence.length);
  for (const [index, from] of fence.entries()) {
    const to = fence[(index + 1) % fence.length]!;
    edges[4 * index] = from.northM - originNed.x;
    edges[4 * index + 1] = from.eastM - originNed.y;
    edges[4 * index + 2] = to.northM - originNed.x;
    edges[4 * index + 3] = to.eastM - originNed.y;
  }
  return {
    originNed,
    waypoints: request.waypoints.map((waypoint) => subtract(waypoint, originNed)),
    edges,
    topZ: -request.maxHeightM - originNed.z,
    bottomZ: -request.minHeightM - originNed.z,
    cylinders: request.obstacles.map((one) => ({
      x: one.northM - originNed.x,
      y: one.eastM - originNed.y,
      radiusM: one.radiusM,
      topZ: -one.heightM - originNed.z,
    })),
    occupied: request.neighbours
      .filter((tube) => !isBeyond(tube, originNed, reachM))
      .map((tube) => occupancyOf(tube, request.startMs, originNed))
      .filter(({ at }) => leastRange(at) < reachM),
  };
};

/** The scene without the obstacles that lie beyond `reachM` of its zero: as safe for a plan that stays within, and cheaper. */
export const withCylindersWithin = (scene: Scene, reachM: number): Scene => ({
  ...scene,
  cylinders: scene.cylinders.filter((one) => rangeOf(one) < reachM),
});

/** Metres from the frame's zero to the cylinder's surface. */
export const rangeOf = (cylinder: Cylinder): number =>
  Math.sqrt(cylinder.x * cylinder.x + cylinder.y * cylinder.y) - cylinder.radiusM;

/** Metres from the frame's zero to the nearest place that the neighbour will occupy. */
export const leastRange = (at: Float64Array): number => {
  let least = Infinity;
  for (let offset = 0; offset < at.length; offset += 4) {
    const x = at[offset]!;
    const y = at[offset + 1]!;
    const z = at[offset + 2]!;
    least = Math.min(least, Math.sqrt(x * x + y * y + z * z) - at[offset + 3]!);
  }
  return least;
};

/** Farthest that the neighbour gets from where it starts, over all moments, m. */
export const travelOf = (at: Float64Array): number => {
  let farthest = 0;
  for (let offset = 4; offset < at.length; offset += 4) {
    const x = at[offset]! - at[0]!;
    const y = at[offset + 1]! - at[1]!;
    farthest = Math.max(farthest, x * x + y * y);
  }
  return Math.sqrt(farthest);
};
