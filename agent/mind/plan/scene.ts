import { MAX_TRAJECTORY_STEPS } from '#protocols/trajectory.ts';
import { horizontalDistance, subtract, type Vector3 } from '#protocols/vector.ts';
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

/** Writes x, y, z, radius of a tube at a moment: linear between knots, the first before, the last for ever after. */
const sampleTube = (
  tube: NeighbourTube,
  atMs: number,
  originNed: Vector3,
  out: Float64Array,
  offset: number,
): void => {
  const last = tube.knots.length - 1;
  const raw = Math.min(Math.max((atMs - tube.startMs) / tube.knotMs, 0), last);
  const low = Math.min(Math.floor(raw), Math.max(0, last - 1));
  const from = tube.knots[low]!;
  const to = tube.knots[Math.min(low + 1, last)]!;
  const share = raw - low;
  out[offset] = from.x + share * (to.x - from.x) - originNed.x;
  out[offset + 1] = from.y + share * (to.y - from.y) - originNed.y;
  out[offset + 2] = from.z + share * (to.z - from.z) - originNed.z;
  // A promise holds between its knots too, so the wider one counts.
  out[offset + 3] = Math.max(from.radiusM, to.radiusM);
};

const occupancyOf = (tube: NeighbourTube, startMs: number, originNed: Vector3): Occupancy => {
  const at = new Float64Array(4 * SCENE_MOMENTS);
  for (let moment = 0; moment < SCENE_MOMENTS; moment += 1) {
    sampleTube(tube, startMs + moment * STEP_S * 1000, originNed, at, 4 * moment);
  }
  return { member: tube.member, at };
};

export const sceneOf = (request: PlanRequest): Scene => {
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
    occupied: request.neighbours.map((tube) => occupancyOf(tube, request.startMs, originNed)),
  };
};

/** The scene without the obstacles that lie beyond `reachM` of its zero: as safe for a plan that stays within, and cheaper. */
export const withCylindersWithin = (scene: Scene, reachM: number): Scene => ({
  ...scene,
  cylinders: scene.cylinders.filter((one) => rangeOf(one) < reachM),
});

/** The scene without the neighbours whose tube stays beyond `reachM` of its zero. */
export const withNeighboursWithin = (scene: Scene, reachM: number): Scene => ({
  ...scene,
  occupied: scene.occupied.filter(({ at }) => leastRange(at) < reachM),
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
  const start = { x: at[0]!, y: at[1]!, z: at[2]! };
  let farthest = 0;
  for (let offset = 0; offset < at.length; offset += 4) {
    const there = { x: at[offset]!, y: at[offset + 1]!, z: at[offset + 2]! };
    farthest = Math.max(farthest, horizontalDistance(start, there));
  }
  return farthest;
};
