import { segmentsMeet, type GroundPoint } from '#protocols/polygon.ts';
import type { Vector3 } from '#protocols/vector.ts';
import { travelOf, type Scene } from './scene.ts';
import type { Keepout } from './clearance.ts';

/** A disc that no straight leg may cross. */
export interface Wall {
  x: number;
  y: number;
  radiusM: number;
}

const ground = (point: { x: number; y: number }): GroundPoint => ({
  northM: point.x,
  eastM: point.y,
});

/** Horizontal metres from a place to the segment a–b. */
export const distanceToLeg = (a: Vector3, b: Vector3, place: { x: number; y: number }): number => {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const lengthSquared = dx * dx + dy * dy;
  const along =
    lengthSquared === 0 ? 0 : ((place.x - a.x) * dx + (place.y - a.y) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  const ex = place.x - a.x - t * dx;
  const ey = place.y - a.y - t * dy;
  return Math.sqrt(ex * ex + ey * ey);
};

/**
 * What stands in the way at height z: obstacles whose top is not safely below, and neighbours that stay where they are
 * (their whole tube moves less than `stillM`); those that move are left to the timing of the plan.
 */
export const wallsAt = (scene: Scene, keepout: Keepout, z: number, stillM: number): Wall[] => {
  const walls: Wall[] = [];
  for (const { x, y, radiusM, topZ } of scene.cylinders) {
    if (z >= topZ - keepout.obstacleM) walls.push({ x, y, radiusM: radiusM + keepout.obstacleM });
  }
  for (const [index, { at }] of scene.occupied.entries()) {
    const reachM = keepout.neighbourM[index]! + at[3]!;
    if (Math.abs(at[2]! - z) < reachM && travelOf(at) < stillM) {
      walls.push({ x: at[0]!, y: at[1]!, radiusM: reachM });
    }
  }
  return walls;
};

/** True when the straight leg a–b meets neither a wall nor the fence. */
export const isClearLeg = (
  edges: Float64Array,
  walls: readonly Wall[],
  a: Vector3,
  b: Vector3,
): boolean => {
  if (walls.some((wall) => distanceToLeg(a, b, wall) < wall.radiusM)) return false;
  const from = ground(a);
  const to = ground(b);
  const start = { northM: 0, eastM: 0 };
  const end = { northM: 0, eastM: 0 };
  for (let offset = 0; offset < edges.length; offset += 4) {
    start.northM = edges[offset]!;
    start.eastM = edges[offset + 1]!;
    end.northM = edges[offset + 2]!;
    end.eastM = edges[offset + 3]!;
    if (segmentsMeet(from, to, start, end)) return false;
  }
  return true;
};
