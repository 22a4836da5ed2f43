import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { Neighbour } from '#protocols/channel/neighbours.ts';
import { addBoundary } from '../boundary-plane.ts';
import type { Boundary, Motion } from '../check.ts';
import { closestPoints, closestPointsBuffer } from '../closest-points.ts';
import type { HalfSpaces } from '../half-spaces.ts';
import type { Limits } from '../limits.ts';
import { moveNeighbour, neighbourMotionBuffer, type NeighbourMotion } from '../neighbour-motion.ts';
import type { Situation } from '../situation.ts';
import { LAG_S } from '../stopping.ts';

/** One that stands on the ground is no obstacle for who is this much higher, m. */
const GROUNDED_CLEARANCE_M = 3;

/** Closer than this the direction between two ways to rest is noise, m. */
const TOUCHING_M = 0.05;

/**
 * The other drew its plane from an older view of us, as we do of it: the two planes differ by at most
 * the way closed meanwhile. Beyond this age its growing error covers that and more.
 */
const DISAGREE_S = 0.5;

/** Sideways lean that breaks the symmetry of a head-on meeting, m/s. */
const LEAN_MPS = 1.2;

/** Wanted velocity within this of straight at the neighbour, as a share of its speed, counts as head-on. */
const HEAD_ON_SHARE = 0.35;

/**
 * Keeps the ways to rest of two drones apart (after buffered Voronoi cells: Zhou, Wang, Bandyopadhyay,
 * Schwager 2017, with stopping ways in the place of points). Between the two ways lies a plane half-way
 * along their shortest connection; each drone keeps its new way to rest on its own side, half the
 * required distance off. Both do, neither needs the other's plan, and braking always obeys.
 */
export class Separation implements Boundary {
  readonly name = 'separation';
  readonly #near = closestPointsBuffer();
  readonly #other = neighbourMotionBuffer();
  readonly #none = vector3(0, 0, 0);

  bound(
    situation: Readonly<Situation>,
    limits: Limits,
    motion: Readonly<Motion>,
    planes: HalfSpaces,
    wanted: Vector3,
  ): void {
    for (const neighbour of situation.neighbours) {
      const known = moveNeighbour(neighbour, limits.envelope, situation.nowMs, this.#other);
      if (!known || isUnderneath(neighbour, motion)) continue;
      if (isOutOfReach(limits, motion, this.#other, wanted)) continue;
      this.#keepApart(limits, motion, planes, wanted);
    }
  }

  #keepApart(
    { envelope }: Limits,
    motion: Readonly<Motion>,
    planes: HalfSpaces,
    wanted: Vector3,
  ): void {
    const other = this.#other;
    const { positionNed: p, velocityNed: v } = motion;
    const near = this.#near;
    closestPoints(p, motion.stopNed, other.positionNed, other.stopNed, near);
    if (near.distanceM < TOUCHING_M) {
      closestPoints(p, this.#none, other.positionNed, this.#none, near);
    }
    const { onFirst, onSecond, distanceM } = near;
    // Two at one place: any direction is right if both choose opposite ones, which up and down cannot fail to be.
    const scale = distanceM > 0 ? 1 / distanceM : 0;
    const x = (onSecond.x - onFirst.x) * scale;
    const y = (onSecond.y - onFirst.y) * scale;
    const z = distanceM > 0 ? (onSecond.z - onFirst.z) * scale : 1;
    const closing = Math.max(
      0,
      x * (v.x - other.velocityNed.x) +
        y * (v.y - other.velocityNed.y) +
        z * (v.z - other.velocityNed.z),
    );
    const keptM =
      envelope.minSeparationM +
      motion.positionErrorM +
      other.errorM +
      closing * Math.min(DISAGREE_S, other.ageS);
    const alongM = x * (onFirst.x - p.x) + y * (onFirst.y - p.y) + z * (onFirst.z - p.z);
    // Of what is missing each makes up half, but nobody makes up the half of one that yields to nobody.
    const spareM = distanceM - keptM;
    const gapM = alongM + (other.yields || spareM > 0 ? spareM / 2 : spareM);
    const bound = addBoundary(planes, 'separation', motion, x, y, z, gapM);
    leanAside(wanted, x, y, bound);
  }
}

const lengthOf = ({ x, y, z }: Readonly<Vector3>): number => Math.sqrt(x * x + y * y + z * z);

/**
 * So far away that its plane is certain to bind no setpoint of this tick and no wish: most of a large
 * swarm, at a fraction of the cost of finding the plane. Every term is bounded to the safe side: the ways
 * to rest come no nearer than their lengths allow, and no approach is faster than both together.
 */
const isOutOfReach = (
  { envelope }: Limits,
  motion: Readonly<Motion>,
  other: Readonly<NeighbourMotion>,
  wanted: Readonly<Vector3>,
): boolean => {
  const { positionNed: p, stopNed, velocityNed, positionErrorM, stopS, fastestMps } = motion;
  const { positionNed: q } = other;
  const apartM = Math.sqrt((p.x - q.x) ** 2 + (p.y - q.y) ** 2 + (p.z - q.z) ** 2);
  const nearestM = apartM - lengthOf(stopNed) - lengthOf(other.stopNed);
  const speedMps = lengthOf(velocityNed);
  const closingMps = speedMps + lengthOf(other.velocityNed);
  const keptM =
    envelope.minSeparationM +
    positionErrorM +
    other.errorM +
    closingMps * Math.min(DISAGREE_S, other.ageS);
  const leastBoundMps = ((nearestM - keptM) / 2 - LAG_S * speedMps) / stopS;
  return nearestM > TOUCHING_M && leastBoundMps > Math.max(fastestMps, lengthOf(wanted));
};

const isUnderneath = (neighbour: Readonly<Neighbour>, motion: Readonly<Motion>): boolean =>
  !neighbour.airborne && neighbour.positionNed.z - motion.positionNed.z > GROUNDED_CLEARANCE_M;

/**
 * Two that want through each other would stop for ever, each obeying. Each leans to its own right, so
 * that they pass as ships do (COLREGs, rule 14); a rule for both needs no word between them.
 */
const leanAside = (wanted: Vector3, x: number, y: number, bound: number): void => {
  const horizontal = Math.sqrt(x * x + y * y);
  const speed = Math.sqrt(wanted.x * wanted.x + wanted.y * wanted.y);
  if (horizontal < 0.1 || speed < 0.2) return;
  const nx = x / horizontal;
  const ny = y / horizontal;
  const towards = wanted.x * nx + wanted.y * ny;
  const aside = wanted.y * nx - wanted.x * ny;
  if (towards * horizontal <= bound || Math.abs(aside) > HEAD_ON_SHARE * speed) return;
  wanted.x -= ny * LEAN_MPS;
  wanted.y += nx * LEAN_MPS;
};
