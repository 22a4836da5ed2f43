import type { Trajectory } from '#protocols/trajectory.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { PlanRequest } from '../plan-port.ts';

/** SHA-256 or its like over bytes, lower-case hex; handed in, so that planning stays pure. */
export type Hash = (bytes: Uint8Array) => string;

/** Marks the end of a list of unknown length, so that no two requests spell the same numbers. */
const END = Number.NEGATIVE_INFINITY;

/** Numbers gathered one after the other: spread into ever larger lists, they cost more than the hash over them. */
type Numbers = number[];

const addPlace = (out: Numbers, { x, y, z }: Vector3): void => {
  out.push(x, y, z);
};

const addAll = (out: Numbers, values: ArrayLike<number>): void => {
  for (let index = 0; index < values.length; index += 1) out.push(values[index]!);
};

const addTrajectory = (out: Numbers, trajectory: Trajectory): void => {
  const { planId, startMs, stepMs, steps, tailSteps } = trajectory;
  out.push(planId, startMs, stepMs, steps, tailSteps);
  addAll(out, trajectory.velocityNedMps);
  addAll(out, trajectory.yawRad);
  addAll(out, trajectory.positionNedM);
  addAll(out, trajectory.sigmaM);
};

const addVehicle = (out: Numbers, { vehicle, previousAction }: PlanRequest): void => {
  addPlace(out, vehicle.positionNed);
  addPlace(out, vehicle.velocityNed);
  out.push(vehicle.rollRad, vehicle.pitchRad, vehicle.yawRad);
  addPlace(out, vehicle.ratesRadps);
  out.push(vehicle.thrust, vehicle.batteryVoltageV, vehicle.batteryCurrentA);
  addPlace(out, previousAction.velocityNed);
  out.push(previousAction.yawRateRadps);
};

const addSurroundings = (out: Numbers, request: PlanRequest): void => {
  for (const { member, startMs, knotMs, knots } of request.neighbours) {
    out.push(member, startMs, knotMs);
    for (const { x, y, z, radiusM } of knots) out.push(x, y, z, radiusM);
    out.push(END);
  }
  out.push(END);
  for (const one of request.obstacles) out.push(one.northM, one.eastM, one.radiusM, one.heightM);
  out.push(END);
  for (const { northM, eastM } of request.fence) out.push(northM, eastM);
  out.push(END);
};

const addTask = (out: Numbers, request: PlanRequest): void => {
  const { limits } = request;
  for (const waypoint of request.waypoints) addPlace(out, waypoint);
  out.push(
    END,
    request.cruiseSpeedMps,
    request.acceptM,
    request.holdAtEnd ? 1 : 0,
    request.yaw === 'course' ? 1 : 0,
    request.minHeightM,
    request.maxHeightM,
    limits.maxSpeedMps,
    limits.maxClimbMps,
    limits.maxDescentMps,
    limits.maxAccelerationMps2,
    request.minSeparationM,
  );
};

/** Every number that a plan depends on, in one fixed order; -∞ stands between lists. */
const addRequest = (out: Numbers, request: PlanRequest): void => {
  const { requestId, member, nowMs, startMs, batteryRemaining, seed } = request;
  out.push(requestId, member, nowMs, startMs, batteryRemaining, seed);
  addVehicle(out, request);
  if (request.history !== null) addAll(out, request.history);
  out.push(END);
  addTask(out, request);
  if (request.current !== null) addTrajectory(out, request.current);
  out.push(END);
  addSurroundings(out, request);
};

/**
 * Digest over a request, what imagined the plan (its release's digest, or the analytic parameters) and the plan itself:
 * a replay that re-runs the request with the same weights must come to the same digest, bit for bit.
 */
export const planDigest = (
  request: PlanRequest,
  weights: string,
  trajectory: Trajectory,
  disagreement: number,
  hash: Hash,
): string => {
  const all: Numbers = [];
  addRequest(all, request);
  addTrajectory(all, trajectory);
  all.push(disagreement);
  const numbers = new Float64Array(all);
  const name = new TextEncoder().encode(`${weights} ${trajectory.source}`);
  const bytes = new Uint8Array(name.length + numbers.byteLength);
  bytes.set(name);
  bytes.set(new Uint8Array(numbers.buffer), name.length);
  return hash(bytes);
};
