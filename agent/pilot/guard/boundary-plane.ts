import type { Motion } from './check.ts';
import type { HalfSpaces, PlaneOwner } from './half-spaces.ts';
import { LAG_S } from './stopping.ts';

/** Fastest way back from beyond a boundary, m/s: firm, and slow enough not to overshoot to the other side. */
const RETREAT_MPS = 2;

/**
 * Adds the plane that keeps the stopping point before a wall: `normal` (unit) points to the wall, which
 * stands `gapM` from the drone, margins taken off. A setpoint u stops after u·stopS + LAG_S·velocity, so
 * normal·u ≤ (gap − LAG_S·normal·velocity) / stopS. Retreating velocity earns no room: the lag would
 * have to be paid back. Never asks for less than `leastMps`. Adds nothing when no setpoint in reach could break it.
 */
export const addBoundary = (
  planes: HalfSpaces,
  owner: PlaneOwner,
  motion: Readonly<Motion>,
  normalX: number,
  normalY: number,
  normalZ: number,
  gapM: number,
  leastMps = -RETREAT_MPS,
): number => {
  const { velocityNed: v } = motion;
  const approachMps = Math.max(0, normalX * v.x + normalY * v.y + normalZ * v.z);
  const bound = Math.max(leastMps, (gapM - LAG_S * approachMps) / motion.stopS);
  if (bound < motion.fastestMps) planes.add(owner, normalX, normalY, normalZ, bound);
  return bound;
};
