import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { HalfSpaces } from './half-spaces.ts';

/** What no setpoint may leave, whatever the planes say. */
export interface Reach {
  maxSpeedMps: number;
  maxClimbMps: number;
  maxDescentMps: number;
  /** The last setpoint; must itself obey the speeds. */
  from: Vector3;
  /** Greatest change from it in this tick, m/s. */
  changeMps: number;
}

/** Rounds of Dykstra's algorithm: with a handful of planes it has settled well before. */
const ROUNDS = 24;

/** Rounds of plain projections where no velocity obeys all. */
const RELAXED_ROUNDS = 6;

/** A plane counts as obeyed within this, m/s: far below every margin. */
export const TOLERANCE_MPS = 0.02;

const CAPACITY = 512;

/** How {@link LeastChange.solve} ended: all limits met, or which had to yield. */
export type Outcome = 'met' | 'conflict';

/**
 * The velocity nearest to a wanted one that obeys every half-space and the reach: Dykstra's alternating
 * projections (Boyle, Dykstra 1986). When that has not settled, the straight line to a braked setpoint,
 * which the stopping argument makes safe, is cut where it meets the planes. When even braking breaks
 * a plane, no velocity is safe: fence and altitude then yield to separation, and everything to the reach.
 * Allocates nothing.
 */
export class LeastChange {
  readonly result: Vector3 = vector3(0, 0, 0);
  readonly #multiplier = new Float64Array(CAPACITY);
  readonly #brake: Vector3 = vector3(0, 0, 0);
  readonly #relaxed: Vector3 = vector3(0, 0, 0);

  /** `wanted` must be finite. Leaves the velocity in {@link result}. */
  solve(wanted: Readonly<Vector3>, planes: HalfSpaces, reach: Reach): Outcome {
    const result = this.result;
    result.x = wanted.x;
    result.y = wanted.y;
    result.z = wanted.z;
    clampToReach(result, reach);
    if (planes.worst(result.x, result.y, result.z) <= TOLERANCE_MPS) return 'met';
    this.#dykstra(wanted, planes, reach);
    if (planes.worst(result.x, result.y, result.z) <= TOLERANCE_MPS) return 'met';
    this.#brakeWithin(reach);
    const brake = this.#brake;
    if (planes.worst(brake.x, brake.y, brake.z) <= TOLERANCE_MPS) {
      this.#cutTowardsBrake(planes);
      return 'met';
    }
    this.#relax(planes, reach);
    return 'conflict';
  }

  #dykstra(wanted: Readonly<Vector3>, planes: HalfSpaces, reach: Reach): void {
    const x = this.result;
    x.x = wanted.x;
    x.y = wanted.y;
    x.z = wanted.z;
    const multiplier = this.#multiplier.fill(0, 0, planes.count);
    let speedX = 0;
    let speedY = 0;
    let speedZ = 0;
    let changeX = 0;
    let changeY = 0;
    let changeZ = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let k = 0; k < planes.count; k += 1) {
        const nx = planes.normalX[k]!;
        const ny = planes.normalY[k]!;
        const nz = planes.normalZ[k]!;
        const before = multiplier[k]!;
        const after = Math.max(0, before + planes.excess(k, x.x, x.y, x.z));
        const move = before - after;
        x.x += move * nx;
        x.y += move * ny;
        x.z += move * nz;
        multiplier[k] = after;
      }
      x.x += speedX;
      x.y += speedY;
      x.z += speedZ;
      speedX = x.x;
      speedY = x.y;
      speedZ = x.z;
      clampToSpeeds(x, reach);
      speedX -= x.x;
      speedY -= x.y;
      speedZ -= x.z;
      x.x += changeX;
      x.y += changeY;
      x.z += changeZ;
      changeX = x.x;
      changeY = x.y;
      changeZ = x.z;
      clampToChange(x, reach);
      changeX -= x.x;
      changeY -= x.y;
      changeZ -= x.z;
    }
    clampToReach(x, reach);
  }

  /** The last setpoint shortened as far as one tick allows. */
  #brakeWithin(reach: Reach): void {
    const { from, changeMps } = reach;
    const speed = Math.sqrt(from.x * from.x + from.y * from.y + from.z * from.z);
    const share = speed <= changeMps ? 0 : (speed - changeMps) / speed;
    this.#brake.x = from.x * share;
    this.#brake.y = from.y * share;
    this.#brake.z = from.z * share;
  }

  #cutTowardsBrake(planes: HalfSpaces): void {
    const result = this.result;
    const { x, y, z } = this.#brake;
    let share = 1;
    for (let k = 0; k < planes.count; k += 1) {
      const atBrake = planes.excess(k, x, y, z);
      const atResult = planes.excess(k, result.x, result.y, result.z);
      if (atResult <= TOLERANCE_MPS || atResult <= atBrake) continue;
      share = Math.min(share, Math.max(0, -atBrake / (atResult - atBrake)));
    }
    result.x = x + share * (result.x - x);
    result.y = y + share * (result.y - y);
    result.z = z + share * (result.z - z);
  }

  /** Separation is projected last, so that the other planes yield to it; the reach yields to nothing. */
  #relax(planes: HalfSpaces, reach: Reach): void {
    const x = this.#relaxed;
    x.x = this.#brake.x;
    x.y = this.#brake.y;
    x.z = this.#brake.z;
    for (let round = 0; round < RELAXED_ROUNDS; round += 1) {
      projectOnto(x, planes, false);
      projectOnto(x, planes, true);
    }
    clampToReach(x, reach);
    this.result.x = x.x;
    this.result.y = x.y;
    this.result.z = x.z;
  }
}

const projectOnto = (v: Vector3, planes: HalfSpaces, separation: boolean): void => {
  for (let k = 0; k < planes.count; k += 1) {
    if (planes.isSeparation(k) !== separation) continue;
    const excess = planes.excess(k, v.x, v.y, v.z);
    if (excess <= 0) continue;
    v.x -= excess * planes.normalX[k]!;
    v.y -= excess * planes.normalY[k]!;
    v.z -= excess * planes.normalZ[k]!;
  }
};

/** Shortens the horizontal part to the greatest speed and clips climb and descent. */
export const clampToSpeeds = (
  v: Vector3,
  limits: Pick<Reach, 'maxSpeedMps' | 'maxClimbMps' | 'maxDescentMps'>,
): void => {
  const speed = Math.sqrt(v.x * v.x + v.y * v.y);
  if (speed > limits.maxSpeedMps) {
    v.x *= limits.maxSpeedMps / speed;
    v.y *= limits.maxSpeedMps / speed;
  }
  v.z = Math.min(limits.maxDescentMps, Math.max(-limits.maxClimbMps, v.z));
};

const clampToChange = (v: Vector3, reach: Reach): void => {
  const { from, changeMps } = reach;
  const x = v.x - from.x;
  const y = v.y - from.y;
  const z = v.z - from.z;
  const change = Math.sqrt(x * x + y * y + z * z);
  if (change <= changeMps) return;
  v.x = from.x + (x * changeMps) / change;
  v.y = from.y + (y * changeMps) / change;
  v.z = from.z + (z * changeMps) / change;
};

/** Inside the reach, for sure: the speeds are convex and hold `from`, so the second step cannot leave them. */
const clampToReach = (v: Vector3, reach: Reach): void => {
  clampToSpeeds(v, reach);
  clampToChange(v, reach);
};
