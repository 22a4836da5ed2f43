import type { TubeKnot } from '#protocols/gossip/tube.ts';
import type { Polygon } from '#protocols/polygon.ts';
import type { Trajectory } from '#protocols/trajectory.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Action, VehicleSample } from '#world/spaces.ts';

/** Most waypoints of a request: bounds the planner's graph. */
export const MAX_PLAN_WAYPOINTS = 8;
/** Most neighbours and obstacles of a request, the nearest ones: bounds the planner's cost. */
export const MAX_PLAN_NEIGHBOURS = 16;
export const MAX_PLAN_OBSTACLES = 64;

/** Where a neighbour will be: its promised tube, or a made one around its last known state. Times: own monotonic ms. */
export interface NeighbourTube {
  member: number;
  startMs: number;
  knotMs: number;
  /** At least one; mission NED, m. After the last knot the neighbour is taken to stay there. Radii include clock error and age. */
  knots: TubeKnot[];
}

/** A vertical cylinder that stands on the ground: mission NED, m; `heightM` above the origin. */
export interface PlanObstacle {
  northM: number;
  eastM: number;
  radiusM: number;
  heightM: number;
}

/**
 * All that a plan depends on: the same request gives the same answer bit for bit (design: inference is an effect
 * whose every request can be re-run). Frames: mission NED, m and m/s; times: own monotonic ms.
 */
export interface PlanRequest {
  /** Grows; the answer's trajectory carries it as planId until the mind numbers what it hands to the pilot. */
  requestId: number;
  /** Own member id: breaks ties between drones that meet head on (the smaller id keeps its way). */
  member: number;
  /** When the mind asked. */
  nowMs: number;
  /** Moment of `vehicle`, at most 200 ms before nowMs, and the trajectory's startMs. */
  startMs: number;
  vehicle: VehicleSample;
  /** The action in force at startMs. */
  previousAction: Action;
  /** Share of the battery left, 0–1. */
  batteryRemaining: number;
  /** [HISTORY_STEPS × OBSERVATION_SIZE], oldest first (world/spaces.ts); null until a whole second was seen. */
  history: Float32Array | null;
  /** 1 … MAX_PLAN_WAYPOINTS places to pass in order. */
  waypoints: Vector3[];
  /** m/s along the path; climb and descent keep to `limits`. */
  cruiseSpeedMps: number;
  /** A waypoint counts as passed within this distance, m. */
  acceptM: number;
  /** True: stop over the last waypoint. False: its speed does not matter. */
  holdAtEnd: boolean;
  /** `course`: face the way flown; `keep`: hold the yaw of `vehicle`. */
  yaw: 'course' | 'keep';
  /** The trajectory being flown, to start from; null when there is none. */
  current: Trajectory | null;
  neighbours: NeighbourTube[];
  obstacles: PlanObstacle[];
  fence: Polygon;
  minHeightM: number;
  maxHeightM: number;
  limits: {
    maxSpeedMps: number;
    maxClimbMps: number;
    maxDescentMps: number;
    maxAccelerationMps2: number;
  };
  minSeparationM: number;
  seed: number;
}

/** An imagined future that was not chosen, for the record. */
export interface RejectedRollout {
  cost: number;
  /** Mission NED, m, xyz interleaved. */
  positionNedM: Float32Array;
}

export interface PlanAnswer {
  requestId: number;
  trajectory: Trajectory;
  /** `name@version` of what imagined it. */
  model: string;
  /** m/s, comparable with `threshold`; zero for a model of one member. */
  disagreement: number;
  threshold: number;
  /** True when the model must not be trusted here (disagreement, residual test, changed physics): the safe planner flies. */
  tripped: boolean;
  /** Why the safe planner flies (a trip, no history yet, no way that is clear); empty when it does not. */
  reason: string;
  bestCost: number;
  /** At most 8. */
  rejected: RejectedRollout[];
  /** Hex digest over request, weights and trajectory; a replay that runs the request again comes to the same. */
  digest: string;
  /** Wall time of the plan, measured by the planner's door; not compared by a replay. */
  planMs: number;
}

/** Slow, simple, synchronous and pure: flies when the model is late or unsure. planId = requestId, source `safe`. */
export type SafePlanner = (request: PlanRequest) => Trajectory;

/** The door to whoever imagines. At most one request is outstanding; an answer may come late or never. */
export interface Planner {
  request(request: PlanRequest): void;
  onAnswer(listener: (answer: PlanAnswer) => void): void;
  close(): void;
}
