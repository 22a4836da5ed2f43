import { RANGE_SECTORS, type RangeRing } from '#protocols/channel/range-ring.ts';
import type { Vector3 } from '#protocols/vector.ts';

import { MAX_PLAN_OBSTACLES, type NeighbourTube, type PlanObstacle } from '../plan-port.ts';

/** A ring older than this shows where things were. */
const RING_MAX_AGE_MS = 600;
/** What is farther does not matter to a plan of a few seconds. */
const RING_REACH_M = 40;
/** Seen walls stand as high as anything: the ring sees one height only. */
const UNKNOWN_HEIGHT_M = 1000;
const SEEN_MARGIN_M = 0.5;
/** An echo this near a neighbour's promise is the neighbour. */
const NEIGHBOUR_M = 4;
/** An echo this near a known obstacle is that obstacle. */
const KNOWN_M = 2;

const gapTo = (place: { northM: number; eastM: number }, northM: number, eastM: number): number => {
  const north = northM - place.northM;
  const east = eastM - place.eastM;
  return Math.sqrt(north * north + east * east);
};

/** What the ring sees and no map or neighbour explains, as small cylinders. */
const seenObstacles = (
  ring: RangeRing,
  position: Vector3,
  known: readonly PlanObstacle[],
  tubes: readonly NeighbourTube[],
): PlanObstacle[] => {
  const seen: PlanObstacle[] = [];
  for (const [sector, rangeM] of ring.rangesM.entries()) {
    if (!(rangeM >= ring.minM && rangeM <= Math.min(ring.maxM, RING_REACH_M))) continue;
    const bearing = (2 * Math.PI * sector) / RANGE_SECTORS;
    const northM = position.x + rangeM * Math.cos(bearing);
    const eastM = position.y + rangeM * Math.sin(bearing);
    const explained =
      known.some((one) => gapTo(one, northM, eastM) < one.radiusM + KNOWN_M) ||
      tubes.some((tube) =>
        tube.knots.some(
          (knot) => gapTo({ northM: knot.x, eastM: knot.y }, northM, eastM) < NEIGHBOUR_M,
        ),
      );
    if (explained) continue;
    const halfWidthM = (rangeM * Math.PI) / RANGE_SECTORS;
    seen.push({ northM, eastM, radiusM: halfWidthM + SEEN_MARGIN_M, heightM: UNKNOWN_HEIGHT_M });
  }
  return seen;
};

/** Known obstacles and seen ones, the nearest MAX_PLAN_OBSTACLES. */
export const obstaclesAround = (
  known: readonly PlanObstacle[],
  ring: RangeRing | null,
  position: Vector3,
  tubes: readonly NeighbourTube[],
  nowMs: number,
): PlanObstacle[] => {
  const fresh = ring !== null && nowMs - ring.atMs <= RING_MAX_AGE_MS ? ring : null;
  const all =
    fresh === null ? [...known] : [...known, ...seenObstacles(fresh, position, known, tubes)];
  const wallM = (one: PlanObstacle): number => gapTo(one, position.x, position.y) - one.radiusM;
  return all.sort((a, b) => wallM(a) - wallM(b)).slice(0, MAX_PLAN_OBSTACLES);
};
