import { vector3, type Vector3 } from '#protocols/vector.ts';
import { addBoundary } from '../boundary-plane.ts';
import type { Boundary, Motion } from '../check.ts';
import { closestPoints, closestPointsBuffer } from '../closest-points.ts';
import type { HalfSpaces } from '../half-spaces.ts';
import { insideFence, type Limits } from '../limits.ts';
import type { Situation } from '../situation.ts';
import { LAG_S } from '../stopping.ts';

/** Kept free beside the error of the estimate, m: a gust of 3 m/s pushes about this far before PX4 leans into it. */
const MARGIN_M = 1;

/** Closer than this the direction to an edge is noise, m. */
const TOUCHING_M = 0.05;

const NO_WAY: Readonly<Vector3> = vector3(0, 0, 0);

/**
 * Every edge of the fence is a wall. Between the way to rest and the edge lies a plane, perpendicular to
 * their shortest connection; the new way to rest must stay on this side of it. So the drone slides
 * along an edge, reflex corners of a concave fence need no care, and braking straight always obeys.
 */
export class Geofence implements Boundary {
  readonly name = 'fence';
  readonly #near = closestPointsBuffer();
  readonly #position = vector3(0, 0, 0);
  readonly #stop = vector3(0, 0, 0);
  readonly #corner = vector3(0, 0, 0);
  readonly #edge = vector3(0, 0, 0);
  #outOfReachM = Number.POSITIVE_INFINITY;

  bound(
    _: Readonly<Situation>,
    limits: Limits,
    motion: Readonly<Motion>,
    planes: HalfSpaces,
  ): void {
    const { positionNed, stopNed } = motion;
    this.#position.x = positionNed.x;
    this.#position.y = positionNed.y;
    this.#stop.x = stopNed.x;
    this.#stop.y = stopNed.y;
    this.#outOfReachM = outOfReachM(motion);
    if (insideFence(limits, positionNed.x, positionNed.y)) {
      for (let edge = 0; edge < limits.vertices; edge += 1) {
        this.#boundEdge(limits, edge, motion, planes);
      }
    } else {
      this.#leadBack(limits, motion, planes);
    }
  }

  #boundEdge(limits: Limits, edge: number, motion: Readonly<Motion>, planes: HalfSpaces): void {
    this.#takeEdge(limits, edge);
    if (this.#isOutOfReach()) return;
    const near = closestPoints(this.#position, this.#stop, this.#corner, this.#edge, this.#near);
    if (near.distanceM < TOUCHING_M) {
      // The way to rest crosses the edge: brake towards the edge's nearest point.
      closestPoints(this.#position, NO_WAY, this.#corner, this.#edge, near);
    }
    if (near.distanceM === 0) return;
    const x = (near.onSecond.x - near.onFirst.x) / near.distanceM;
    const y = (near.onSecond.y - near.onFirst.y) / near.distanceM;
    const gapM =
      x * (near.onSecond.x - this.#position.x) + y * (near.onSecond.y - this.#position.y);
    addBoundary(planes, 'fence', motion, x, y, 0, gapM - MARGIN_M - motion.positionErrorM);
  }

  /** The edge's line is so far away that its plane is certain to bind no setpoint of this tick. */
  #isOutOfReach(): boolean {
    const { x, y } = this.#edge;
    const across =
      x * (this.#position.y - this.#corner.y) - y * (this.#position.x - this.#corner.x);
    return across * across > this.#outOfReachM * this.#outOfReachM * (x * x + y * y);
  }

  /** Outside already (a gust, a fence that moved): straight back to the nearest edge. */
  #leadBack(limits: Limits, motion: Readonly<Motion>, planes: HalfSpaces): void {
    let leastM = Number.POSITIVE_INFINITY;
    let x = 0;
    let y = 0;
    for (let edge = 0; edge < limits.vertices; edge += 1) {
      this.#takeEdge(limits, edge);
      const near = closestPoints(this.#position, NO_WAY, this.#corner, this.#edge, this.#near);
      if (near.distanceM >= leastM || near.distanceM === 0) continue;
      leastM = near.distanceM;
      x = (near.onFirst.x - near.onSecond.x) / leastM;
      y = (near.onFirst.y - near.onSecond.y) / leastM;
    }
    if (leastM === Number.POSITIVE_INFINITY) return;
    addBoundary(planes, 'fence', motion, x, y, 0, -leastM - MARGIN_M - motion.positionErrorM);
  }

  #takeEdge({ fenceNorthM, fenceEastM, vertices }: Limits, edge: number): void {
    const next = edge + 1 === vertices ? 0 : edge + 1;
    this.#corner.x = fenceNorthM[edge]!;
    this.#corner.y = fenceEastM[edge]!;
    this.#edge.x = fenceNorthM[next]! - fenceNorthM[edge]!;
    this.#edge.y = fenceEastM[next]! - fenceEastM[edge]!;
  }
}

/**
 * From this distance to an edge on addBoundary would add no plane: the gap along the normal is shorter than it by no more than
 * the way to rest twice, and no approach is faster than the vehicle.
 */
const outOfReachM = (motion: Readonly<Motion>): number => {
  const { stopNed: s, velocityNed: v, stopS, fastestMps, positionErrorM } = motion;
  const stopM = Math.sqrt(s.x * s.x + s.y * s.y);
  const speedMps = Math.sqrt(v.x * v.x + v.y * v.y);
  return stopS * fastestMps + LAG_S * speedMps + 2 * stopM + positionErrorM + MARGIN_M + TOUCHING_M;
};
