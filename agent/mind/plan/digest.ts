import type { Trajectory } from '#protocols/trajectory.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { PlanRequest } from '../plan-port.ts';

/** SHA-256 or its like over bytes, lower-case hex; handed in, so that planning stays pure. */
export type Hash = (bytes: Uint8Array) => string;

/** Marks the end of a list of unknown length, so that no two requests spell the same numbers. */
const END = Number.NEGATIVE_INFINITY;

/**
 * Numbers gathered one after the other in an array that only grows: a list of boxed numbers costs more than the hash over
 * them. Every value is overwritten by the next digest.
 */
class Numbers {
  #values = new Float64Array(1024);
  length = 0;

  push(...added: readonly number[]): void {
    for (let index = 0; index < added.length; index += 1) this.add(added[index]!);
  }

  add(value: number): void {
    if (this.length === this.#values.length) this.#grow(this.length + 1);
    this.#values[this.length] = value;
    this.length += 1;
  }

  addAll(values: ArrayLike<number>): void {
    const end = this.length + values.length;
    if (end > this.#values.length) this.#grow(end);
    for (let index = 0; index < values.length; index += 1) {
      this.#values[this.length + index] = values[index]!;
    }
    this.length = end;
  }

  /** A view, valid until the next number. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#values.buffer, 0, 8 * this.length);
  }

  #grow(least: number): void {
    const grown = new Float64Array(Math.max(least, 2 * this.#values.length));
    grown.set(this.#values);
    this.#values = grown;
  }
}

const gathered = new Numbers();

const addPlace = (out: Numbers, { x, y, z }: Vector3): void => {
  out.add(x);
  out.add(y);
  out.add(z);
};

const addTrajectory = (out: Numbers, trajectory: Trajectory): void => {
  const { planId, startMs, stepMs, steps, tailSteps } = trajectory;
  out.push(planId, startMs, stepMs, steps, tailSteps);
  out.addAll(trajectory.velocityNedMps);
  out.addAll(trajectory.yawRad);
  out.addAll(trajectory.positionNedM);
  out.addAll(trajectory.sigmaM);
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
    for (let index = 0; index < knots.length; index += 1) {
      const { x, y, z, radiusM } = knots[index]!;
      out.add(x);
      out.add(y);
      out.add(z);
      out.add(radiusM);
    }
    out.push(END);
  }
  out.push(END);
  for (const one of request.obstacles) out.push(one.northM, one.eastM, one.radiusM, one.heightM);
  out.push(END);
  for (const { northM, eastM } of request.fence) {
    out.add(northM);
    out.add(eastM);
  }
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
  if (request.history !== null) out.addAll(request.history);
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
  const all = gathered;
  all.length = 0;
  addRequest(all, request);
  addTrajectory(all, trajectory);
  all.add(disagreement);
  const numbers = all.bytes();
  const name = new TextEncoder().encode(`${weights} ${trajectory.source}`);
  const bytes = new Uint8Array(name.length + numbers.length);
  bytes.set(name);
  bytes.set(numbers, name.length);
  return hash(bytes);
};
