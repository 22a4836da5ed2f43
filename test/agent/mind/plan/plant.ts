import type { NeighbourTube, PlanObstacle, PlanRequest } from '#agent/mind/plan-port.ts';
import type { Polygon } from '#protocols/polygon.ts';
import { stepAt, type Trajectory } from '#protocols/trajectory.ts';
import { distance, vector3, type Vector3 } from '#protocols/vector.ts';
import { STEP_S, type VehicleSample } from '#world/spaces.ts';

/** A square of 400 m around the origin. */
export const FIELD: Polygon = [
  { northM: -200, eastM: -200 },
  { northM: -200, eastM: 200 },
  { northM: 200, eastM: 200 },
  { northM: 200, eastM: -200 },
];

export const hovering = (positionNed: Vector3, yawRad = 0): VehicleSample => ({
  positionNed,
  velocityNed: vector3(0, 0, 0),
  rollRad: 0,
  pitchRad: 0,
  yawRad,
  ratesRadps: vector3(0, 0, 0),
  thrust: 0.5,
  batteryVoltageV: 15.8,
  batteryCurrentA: 10,
});

export const requestOf = (changes: Partial<PlanRequest> = {}): PlanRequest => ({
  requestId: 1,
  member: 1,
  nowMs: 0,
  startMs: 0,
  vehicle: hovering(vector3(0, 0, -20)),
  previousAction: { velocityNed: vector3(0, 0, 0), yawRateRadps: 0 },
  batteryRemaining: 0.9,
  history: null,
  waypoints: [vector3(100, 0, -20)],
  cruiseSpeedMps: 6,
  acceptM: 2,
  holdAtEnd: true,
  yaw: 'course',
  current: null,
  neighbours: [],
  obstacles: [],
  fence: FIELD,
  minHeightM: 2,
  maxHeightM: 60,
  limits: { maxSpeedMps: 8, maxClimbMps: 2.5, maxDescentMps: 1.5, maxAccelerationMps2: 4 },
  minSeparationM: 4,
  seed: 7,
  ...changes,
});

/** A neighbour that promises to fly straight on, in knots of 400 ms. */
export const flyingTube = (
  member: number,
  from: Vector3,
  velocity: Vector3,
  startMs: number,
  radiusM = 0.5,
): NeighbourTube => ({
  member,
  startMs,
  knotMs: 400,
  knots: Array.from({ length: 16 }, (_, index) => ({
    x: from.x + velocity.x * index * 0.4,
    y: from.y + velocity.y * index * 0.4,
    z: from.z + velocity.z * index * 0.4,
    radiusM,
  })),
});

export interface Moment {
  atMs: number;
  position: Vector3;
  velocity: Vector3;
  trajectory: Trajectory;
}

export interface Story {
  request: PlanRequest;
  plan: (request: PlanRequest) => Promise<Trajectory> | Trajectory;
  /** Neighbours at a moment. */
  neighboursAt?: (atMs: number) => NeighbourTube[];
  obstacles?: PlanObstacle[];
  seconds: number;
  /** NED, m/s. */
  wind?: Vector3;
}

/**
 * A vehicle that is none of the planner's models: a PI velocity loop with PX4's gains (MPC_XY_VEL_P_ACC 1.8, _I_ACC 0.4, _D_ACC
 * 0.2), thrust that follows late, linear drag through moving air.
 */
export class Plant {
  readonly position: Float64Array;
  readonly velocity = new Float64Array(3);
  readonly #integral = new Float64Array(3);
  readonly #acceleration = new Float64Array(3);
  readonly #wind: readonly number[];

  constructor(start: Vector3, wind: Vector3) {
    this.position = Float64Array.of(start.x, start.y, start.z);
    this.#wind = [wind.x, wind.y, wind.z];
  }

  /** Flies one step of STEP_S with a velocity setpoint. */
  step(setpoint: ArrayLike<number>): void {
    const dt = 0.02;
    for (let part = 0; part < 5; part += 1) {
      for (let axis = 0; axis < 3; axis += 1) {
        const error = setpoint[axis]! - this.velocity[axis]!;
        this.#integral[axis] = this.#integral[axis]! + 0.33 * error * dt;
        const wanted = 1.5 * error + this.#integral[axis]!;
        const now = this.#acceleration[axis]!;
        this.#acceleration[axis] = now + (dt / 0.15) * (wanted - now);
        const drag = 0.25 * (this.#wind[axis]! - this.velocity[axis]!);
        const before = this.velocity[axis]!;
        this.velocity[axis] = before + dt * (this.#acceleration[axis]! + drag);
        this.position[axis] = this.position[axis]! + (dt / 2) * (before + this.velocity[axis]!);
      }
    }
  }
}

/**
 * Flies a story: every 100 ms a plan is asked for, and it takes effect 100 ms later, as it does on a drone. Waypoints are
 * dropped within acceptM. Ends early when the last one is reached and the vehicle is still.
 */
export const fly = async (story: Story): Promise<Moment[]> => {
  const plant = new Plant(story.request.vehicle.positionNed, story.wind ?? vector3(0, 0, 0));
  const setpoint = new Float64Array(3);
  const moments: Moment[] = [];
  let waypoints = story.request.waypoints;
  let current: Trajectory | null = story.request.current;
  let action = story.request.previousAction;
  for (let tick = 0; tick < story.seconds / STEP_S; tick += 1) {
    const atMs = tick * STEP_S * 1000;
    const position = vector3(plant.position[0]!, plant.position[1]!, plant.position[2]!);
    const velocity = vector3(plant.velocity[0]!, plant.velocity[1]!, plant.velocity[2]!);
    if (waypoints.length > 1 && distance(waypoints[0]!, position) < story.request.acceptM) {
      waypoints = waypoints.slice(1);
    }
    const vehicle = {
      ...story.request.vehicle,
      positionNed: position,
      velocityNed: velocity,
      yawRad: 0,
    };
    const trajectory = await story.plan({
      ...story.request,
      requestId: tick + 1,
      nowMs: atMs,
      startMs: atMs,
      vehicle,
      previousAction: action,
      waypoints,
      current,
      neighbours: story.neighboursAt?.(atMs) ?? story.request.neighbours,
    });
    moments.push({ atMs, position, velocity, trajectory });
    // What was planned one tick ago is what is flown now.
    const flown = current ?? trajectory;
    const step = stepAt(flown, atMs) ?? flown.steps - 1;
    for (let axis = 0; axis < 3; axis += 1) {
      setpoint[axis] = flown.velocityNedMps[3 * step + axis]!;
    }
    action = {
      velocityNed: vector3(setpoint[0]!, setpoint[1]!, setpoint[2]!),
      yawRateRadps: 0,
    };
    plant.step(setpoint);
    current = trajectory;
    const last = waypoints.at(-1)!;
    const speed = Math.sqrt(velocity.x ** 2 + velocity.y ** 2 + velocity.z ** 2);
    if (waypoints.length === 1 && distance(last, position) < 1 && speed < 0.3) break;
  }
  return moments;
};
