import type { Trajectory } from '#protocols/trajectory.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { PlanRequest } from '../plan-port.ts';

/** SHA-256 or its like over bytes, lower-case hex; handed in, so that planning stays pure. */
export type Hash = (bytes: Uint8Array) => string;

/** Marks the end of a list of unknown length, so that no two requests spell the same numbers. */
const END = Number.NEGATIVE_INFINITY;

const place = ({ x, y, z }: Vector3): number[] => [x, y, z];

const numbersOfTrajectory = (trajectory: Trajectory): number[] => [
  trajectory.planId,
  trajectory.startMs,
  trajectory.stepMs,
  trajectory.steps,
  trajectory.tailSteps,
  ...trajectory.velocityNedMps,
  ...trajectory.yawRad,
  ...trajectory.positionNedM,
  ...trajectory.sigmaM,
];

const numbersOfVehicle = ({ vehicle, previousAction }: PlanRequest): number[] => [
  ...place(vehicle.positionNed),
  ...place(vehicle.velocityNed),
  vehicle.rollRad,
  vehicle.pitchRad,
  vehicle.yawRad,
  ...place(vehicle.ratesRadps),
  vehicle.thrust,
  vehicle.batteryVoltageV,
  vehicle.batteryCurrentA,
  ...place(previousAction.velocityNed),
  previousAction.yawRateRadps,
];

const numbersOfSurroundings = (request: PlanRequest): number[] => [
  ...request.neighbours.flatMap((tube) => [
    tube.member,
    tube.startMs,
    tube.knotMs,
    ...tube.knots.flatMap((knot) => [...place(knot), knot.radiusM]),
    END,
  ]),
  END,
  ...request.obstacles.flatMap((one) => [one.northM, one.eastM, one.radiusM, one.heightM]),
  END,
  ...request.fence.flatMap((vertex) => [vertex.northM, vertex.eastM]),
  END,
];

const numbersOfTask = (request: PlanRequest): number[] => [
  ...request.waypoints.flatMap(place),
  END,
  request.cruiseSpeedMps,
  request.acceptM,
  request.holdAtEnd ? 1 : 0,
  request.yaw === 'course' ? 1 : 0,
  request.minHeightM,
  request.maxHeightM,
  request.limits.maxSpeedMps,
  request.limits.maxClimbMps,
  request.limits.maxDescentMps,
  request.limits.maxAccelerationMps2,
  request.minSeparationM,
];

/** Every number that a plan depends on, in one fixed order; -∞ stands between lists. */
const numbersOfRequest = (request: PlanRequest): number[] => [
  request.requestId,
  request.member,
  request.nowMs,
  request.startMs,
  request.batteryRemaining,
  request.seed,
  ...numbersOfVehicle(request),
  ...(request.history ?? []),
  END,
  ...numbersOfTask(request),
  ...(request.current === null ? [] : numbersOfTrajectory(request.current)),
  END,
  ...numbersOfSurroundings(request),
];

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
  const numbers = Float64Array.from([
    ...numbersOfRequest(request),
    ...numbersOfTrajectory(trajectory),
    disagreement,
  ]);
  const name = new TextEncoder().encode(`${weights} ${trajectory.source}`);
  const bytes = new Uint8Array(name.length + numbers.byteLength);
  bytes.set(name);
  bytes.set(new Uint8Array(numbers.buffer), name.length);
  return hash(bytes);
};
