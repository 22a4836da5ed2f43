import { clamp } from '#protocols/units.ts';
import { dot, norm, subtract, vector3, type Vector3 } from '#protocols/vector.ts';
import { STEP_S } from '#world/spaces.ts';
import type { PlanRequest } from '../plan-port.ts';
import type { Route } from './route.ts';
import type { PlanSettings } from './settings.ts';

/** How fast a reference may go. */
export interface Pace {
  cruiseMps: number;
  climbMps: number;
  descentMps: number;
  /** What speeds before corners and stops are planned with. */
  accelerationMps2: number;
  /** How hard a departure from those speeds is corrected: more than they were planned with, or no error would ever be caught up. */
  correctionMps2: number;
  /** True: stop over the route's last point. */
  stop: boolean;
}

/** A motion that a point mass could fly along a route: where the vehicle should be, step by step. */
export interface Reference {
  /** [3 × (steps + 1)], m, the scene's frame. */
  positions: Float64Array;
  /** [3 × (steps + 1)], m/s. */
  velocities: Float64Array;
}

export const paceOf = (
  request: PlanRequest,
  speedMps: number,
  accelerationShare: number,
  correctionShare: number,
): Pace => ({
  cruiseMps: Math.min(speedMps, request.cruiseSpeedMps, request.limits.maxSpeedMps),
  climbMps: request.limits.maxClimbMps,
  descentMps: request.limits.maxDescentMps,
  accelerationMps2: accelerationShare * request.limits.maxAccelerationMps2,
  correctionMps2: correctionShare * request.limits.maxAccelerationMps2,
  stop: request.holdAtEnd,
});

/** Where on a leg the turn into the next one begins, and how fast. */
interface Turn {
  /** Metres before the corner, at the most. */
  beforeM: number;
  speedMps: number;
  /** tan(θ/2) of the change of course θ. */
  tangent: number;
}

/**
 * The widest arc that leaves the corner by no more than `offM`: radius r leaves it by r · (1/cos(θ/2) − 1) and begins
 * r · tan(θ/2) before it, flown at √(a · r).
 */
const turnAt = (way: Vector3, on: Vector3, offM: number, pace: Pace, floorMps: number): Turn => {
  const cosine = clamp(dot(way, on) / Math.max(1e-9, norm(way) * norm(on)), -1, 1);
  const half = Math.acos(cosine) / 2;
  if (half < 0.02) return { beforeM: 0, speedMps: pace.cruiseMps, tangent: 0 };
  const tangent = Math.tan(Math.min(half, 1.55));
  const widest = (pace.cruiseMps * pace.cruiseMps) / pace.accelerationMps2;
  const beforeM = Math.min(widest * tangent, offM / Math.tan(half / 2));
  const fastest = Math.sqrt((pace.accelerationMps2 * beforeM) / tangent);
  const speedMps = clamp(fastest, Math.min(floorMps, pace.cruiseMps), pace.cruiseMps);
  return { beforeM, speedMps, tangent };
};

/** Share of the pass distance at which a point is reached whatever the course: inside it, so that the mind agrees. */
const NEAR_SHARE = 0.7;

/** Cosine of the angle (45°) within which a course counts as leading to a point. */
const TOWARDS_COSINE = 0.7;

interface Leg {
  to: Vector3;
  turn: Turn;
}

/** The legs of a route with the speed allowed at each one's end, slowed early enough for what follows. */
const legsOf = (route: Route, pace: Pace, settings: PlanSettings['reference']): Leg[] => {
  const { points } = route;
  const from = (index: number): Vector3 => points[index - 1] ?? vector3(0, 0, 0);
  const legs = points.map((to, index): Leg => {
    const next = points[index + 1];
    if (next === undefined) {
      return { to, turn: { beforeM: 0, speedMps: pace.stop ? 0 : pace.cruiseMps, tangent: 0 } };
    }
    const offM = settings.cornerShare * route.passM[index]!;
    const way = subtract(to, from(index));
    return { to, turn: turnAt(way, subtract(next, to), offM, pace, settings.cornerFloorMps) };
  });
  for (let index = legs.length - 2; index >= 0; index -= 1) {
    const { turn } = legs[index]!;
    const after = legs[index + 1]!;
    const lengthM = norm(subtract(after.to, legs[index]!.to));
    const brakes = 2 * pace.accelerationMps2 * Math.max(0, lengthM - after.turn.beforeM);
    turn.speedMps = Math.min(turn.speedMps, Math.sqrt(after.turn.speedMps ** 2 + brakes));
  }
  return legs;
};

/** Writes the velocity wanted on a leg: towards its end, as fast as cruise, climb, descent and the end's turn allow. */
const wantVelocity = (
  position: Vector3,
  leg: Leg,
  pace: Pace,
  approachRate: number,
  out: Vector3,
): void => {
  const x = leg.to.x - position.x;
  const y = leg.to.y - position.y;
  const z = leg.to.z - position.z;
  const leftM = Math.sqrt(x * x + y * y + z * z);
  if (leftM < 1e-6) {
    out.x = 0;
    out.y = 0;
    out.z = 0;
    return;
  }
  const straightM = Math.max(0, leftM - leg.turn.beforeM);
  const { speedMps } = leg.turn;
  const braking = Math.sqrt(speedMps * speedMps + 2 * pace.accelerationMps2 * straightM);
  // Close to a stop √ is too steep for any controller to follow; a straight line meets it.
  const allowed = Math.min(pace.cruiseMps, braking, speedMps + approachRate * straightM);
  const rise = z / leftM;
  const vertical = rise < 0 ? pace.climbMps : pace.descentMps;
  const speed = Math.min(allowed, Math.abs(rise) > 1e-6 ? vertical / Math.abs(rise) : Infinity);
  const factor = speed / leftM;
  out.x = x * factor;
  out.y = y * factor;
  out.z = z * factor;
};

/**
 * True when it is time to steer to the next point: the leg's end is as good as reached, or an arc at this speed must
 * begin now. A vehicle that flies past the end without having been near it must first go back.
 */
const isThrough = (
  position: Vector3,
  velocity: Vector3,
  { to, turn }: Leg,
  passM: number,
  accelerationMps2: number,
): boolean => {
  const x = to.x - position.x;
  const y = to.y - position.y;
  const z = to.z - position.z;
  const leftM = Math.sqrt(x * x + y * y + z * z);
  if (leftM < NEAR_SHARE * passM) return true;
  const speed = norm(velocity);
  const arcM = ((speed * speed) / accelerationMps2) * turn.tangent;
  const along = x * velocity.x + y * velocity.y + z * velocity.z;
  const towards = along > TOWARDS_COSINE * leftM * speed;
  return towards && leftM <= Math.min(turn.beforeM, arcM);
};

/**
 * The reference over `steps` steps from the scene's zero at `velocity`: a point mass that steers to each of the route's
 * points in turn, bounded by `pace`. Pure geometry: no obstacle, no neighbour that moves.
 */
export const referenceAlong = (
  route: Route,
  pace: Pace,
  velocity: Vector3,
  steps: number,
  settings: PlanSettings['reference'],
): Reference => {
  const legs = legsOf(route, pace, settings);
  const positions = new Float64Array(3 * (steps + 1));
  const velocities = new Float64Array(3 * (steps + 1));
  const position = vector3(0, 0, 0);
  const moving = vector3(velocity.x, velocity.y, velocity.z);
  const wanted = vector3(0, 0, 0);
  const most = pace.correctionMps2 * STEP_S;
  let at = 0;
  velocities[0] = moving.x;
  velocities[1] = moving.y;
  velocities[2] = moving.z;
  for (let step = 1; step <= steps; step += 1) {
    while (
      at < legs.length - 1 &&
      isThrough(position, moving, legs[at]!, route.passM[at]!, pace.accelerationMps2)
    ) {
      at += 1;
    }
    wantVelocity(position, legs[at]!, pace, settings.approachRate, wanted);
    const x = wanted.x - moving.x;
    const y = wanted.y - moving.y;
    const z = wanted.z - moving.z;
    const change = Math.sqrt(x * x + y * y + z * z);
    const share = change > most ? most / change : 1;
    const { x: beforeX, y: beforeY, z: beforeZ } = moving;
    moving.x += share * x;
    moving.y += share * y;
    moving.z += share * z;
    position.x += (STEP_S / 2) * (beforeX + moving.x);
    position.y += (STEP_S / 2) * (beforeY + moving.y);
    position.z += (STEP_S / 2) * (beforeZ + moving.z);
    positions[3 * step] = position.x;
    positions[3 * step + 1] = position.y;
    positions[3 * step + 2] = position.z;
    velocities[3 * step] = moving.x;
    velocities[3 * step + 1] = moving.y;
    velocities[3 * step + 2] = moving.z;
  }
  return { positions, velocities };
};
