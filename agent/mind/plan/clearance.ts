import type { Cylinder, Occupancy, Scene } from './scene.ts';
import type { Margins } from './settings.ts';

/**
 * What a plan must keep in one scene. Where the vehicle already stands closer than the margins ask for (a gust, a fence
 * next to the area), what it has is what it must keep: the way out stays open and no step leads deeper.
 */
export interface Keepout {
  fenceM: number;
  heightM: number;
  obstacleM: number;
  /** Distance to the surface of each neighbour's tube, as in `scene.occupied`. */
  neighbourM: Float64Array;
}

/** Slack against rounding where a margin was lowered to what is there. */
const ROUNDING_M = 0.02;

/** Metres inside the fence: distance to the nearest edge, negative outside (even-odd rule); Infinity without a fence. */
export const fenceClearance = (edges: Float64Array, x: number, y: number): number => {
  let least = Infinity;
  let inside = edges.length === 0;
  for (let offset = 0; offset < edges.length; offset += 4) {
    const ax = edges[offset]!;
    const ay = edges[offset + 1]!;
    const dx = edges[offset + 2]! - ax;
    const dy = edges[offset + 3]! - ay;
    const px = x - ax;
    const py = y - ay;
    const lengthSquared = dx * dx + dy * dy;
    const along = lengthSquared === 0 ? 0 : (px * dx + py * dy) / lengthSquared;
    const t = Math.min(1, Math.max(0, along));
    const ex = px - t * dx;
    const ey = py - t * dy;
    least = Math.min(least, ex * ex + ey * ey);
    const straddles = ax > x !== ax + dx > x;
    if (straddles && py < (dy * px) / dx) inside = !inside;
  }
  const distanceM = Math.sqrt(least);
  return inside ? distanceM : -distanceM;
};

/** Metres to the surface of one cylinder; Infinity above its top by more than `overM`. */
const cylinderClearance = (
  cylinder: Cylinder,
  x: number,
  y: number,
  z: number,
  overM: number,
): number => {
  if (z < cylinder.topZ - overM) return Infinity;
  const dx = x - cylinder.x;
  const dy = y - cylinder.y;
  return Math.sqrt(dx * dx + dy * dy) - cylinder.radiusM;
};

/** Metres to the nearest obstacle's surface. */
export const obstacleClearance = (
  scene: Scene,
  x: number,
  y: number,
  z: number,
  overM: number,
): number => {
  let least = Infinity;
  for (const cylinder of scene.cylinders) {
    least = Math.min(least, cylinderClearance(cylinder, x, y, z, overM));
  }
  return least;
};

/** Metres to the surface of one neighbour's tube at a moment. */
export const neighbourClearance = (
  { at }: Occupancy,
  x: number,
  y: number,
  z: number,
  moment: number,
): number => {
  const offset = 4 * moment;
  const dx = x - at[offset]!;
  const dy = y - at[offset + 1]!;
  const dz = z - at[offset + 2]!;
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - at[offset + 3]!;
};

const heightClearance = (scene: Scene, z: number): number =>
  Math.min(z - scene.topZ, scene.bottomZ - z);

const lowered = (margin: number, have: number): number => Math.min(margin, have - ROUNDING_M);

/** The keepout for a vehicle that stands at the scene's zero. */
export const keepoutOf = (scene: Scene, margins: Margins, minSeparationM: number): Keepout => {
  const asked = minSeparationM + margins.separationM;
  const neighbourM = new Float64Array(scene.occupied.length);
  for (let index = 0; index < neighbourM.length; index += 1) {
    neighbourM[index] = lowered(asked, neighbourClearance(scene.occupied[index]!, 0, 0, 0, 0));
  }
  return {
    fenceM: lowered(margins.fenceM, fenceClearance(scene.edges, 0, 0)),
    heightM: lowered(margins.heightM, heightClearance(scene, 0)),
    obstacleM: lowered(margins.obstacleM, obstacleClearance(scene, 0, 0, 0, margins.obstacleM)),
    neighbourM,
  };
};

/** Metres by which a place keeps the keepout at a moment, the tightest of all; negative when it breaks it. */
export const clearanceAt = (
  scene: Scene,
  keepout: Keepout,
  x: number,
  y: number,
  z: number,
  moment: number,
): number => {
  let least = Math.min(
    fenceClearance(scene.edges, x, y) - keepout.fenceM,
    heightClearance(scene, z) - keepout.heightM,
    obstacleClearance(scene, x, y, z, keepout.obstacleM) - keepout.obstacleM,
  );
  for (let index = 0; index < scene.occupied.length; index += 1) {
    const gap = neighbourClearance(scene.occupied[index]!, x, y, z, moment);
    least = Math.min(least, gap - keepout.neighbourM[index]!);
  }
  return least;
};

/** The tightest {@link clearanceAt} over positions xyz [3 × (steps + 1)] from the scene's start on; stops early below `enough`. */
export const clearanceAlong = (
  scene: Scene,
  keepout: Keepout,
  positions: Float64Array,
  steps: number,
  enough = -Infinity,
): number => {
  let least = Infinity;
  for (let moment = 1; moment <= steps && least >= enough; moment += 1) {
    const offset = 3 * moment;
    const x = positions[offset]!;
    const y = positions[offset + 1]!;
    const z = positions[offset + 2]!;
    least = Math.min(least, clearanceAt(scene, keepout, x, y, z, moment));
  }
  return least;
};
