/** A standing cylinder: a tree, a mast. Mission NED, on the flat ground. */
export interface Cylinder {
  readonly kind: 'cylinder';
  readonly northM: number;
  readonly eastM: number;
  readonly radiusM: number;
  readonly heightM: number;
}

/** A box with sides north–south and east–west: a building. */
export interface Box {
  readonly kind: 'box';
  readonly northM: number;
  readonly eastM: number;
  /** Whole extents, not halves. */
  readonly lengthNorthM: number;
  readonly lengthEastM: number;
  readonly heightM: number;
}

export type Obstacle = Cylinder | Box;

/** Horizontal distance from a point to the obstacle's wall; negative inside. */
const wallDistanceM = (obstacle: Obstacle, northM: number, eastM: number): number => {
  const dn = northM - obstacle.northM;
  const de = eastM - obstacle.eastM;
  if (obstacle.kind === 'cylinder') return Math.sqrt(dn * dn + de * de) - obstacle.radiusM;
  const outN = Math.abs(dn) - obstacle.lengthNorthM / 2;
  const outE = Math.abs(de) - obstacle.lengthEastM / 2;
  if (outN <= 0 && outE <= 0) return Math.max(outN, outE);
  const n = Math.max(0, outN);
  const e = Math.max(0, outE);
  return Math.sqrt(n * n + e * e);
};

/** Distance from a point at a height to the nearest obstacle, m; negative inside; Infinity if none. */
export const clearanceM = (
  obstacles: readonly Obstacle[],
  northM: number,
  eastM: number,
  heightM: number,
): number => {
  let least = Number.POSITIVE_INFINITY;
  for (const obstacle of obstacles) {
    const wall = wallDistanceM(obstacle, northM, eastM);
    const above = heightM - obstacle.heightM;
    const gap = above <= 0 ? wall : Math.sqrt(Math.max(0, wall) ** 2 + above * above);
    least = Math.min(least, gap);
  }
  return least;
};

/** Distance along a horizontal ray (unit direction) to a cylinder's wall; Infinity if it misses. */
const rayToCylinderM = (
  c: Cylinder,
  northM: number,
  eastM: number,
  dirN: number,
  dirE: number,
): number => {
  const n = c.northM - northM;
  const e = c.eastM - eastM;
  const along = n * dirN + e * dirE;
  const acrossSquared = n * n + e * e - along * along;
  const halfChordSquared = c.radiusM * c.radiusM - acrossSquared;
  if (halfChordSquared < 0) return Number.POSITIVE_INFINITY;
  const halfChord = Math.sqrt(halfChordSquared);
  if (along + halfChord < 0) return Number.POSITIVE_INFINITY;
  return Math.max(0, along - halfChord);
};

/** Slab method (Kay and Kajiya 1986) in two dimensions. */
const rayToBoxM = (box: Box, northM: number, eastM: number, dirN: number, dirE: number): number => {
  const n = box.northM - northM;
  const e = box.eastM - eastM;
  const halfN = box.lengthNorthM / 2;
  const halfE = box.lengthEastM / 2;
  if (Math.abs(dirN) < 1e-9 && Math.abs(n) > halfN) return Number.POSITIVE_INFINITY;
  if (Math.abs(dirE) < 1e-9 && Math.abs(e) > halfE) return Number.POSITIVE_INFINITY;
  const spanN = Math.abs(dirN) < 1e-9 ? Number.POSITIVE_INFINITY : halfN / Math.abs(dirN);
  const spanE = Math.abs(dirE) < 1e-9 ? Number.POSITIVE_INFINITY : halfE / Math.abs(dirE);
  const midN = Math.abs(dirN) < 1e-9 ? 0 : n / dirN;
  const midE = Math.abs(dirE) < 1e-9 ? 0 : e / dirE;
  const enter = Math.max(midN - spanN, midE - spanE);
  const leave = Math.min(midN + spanN, midE + spanE);
  return leave < Math.max(0, enter) ? Number.POSITIVE_INFINITY : Math.max(0, enter);
};

/**
 * Distance along a level ray from a point to the first obstacle that reaches that height, m, Infinity
 * if there is none. `dirN`, `dirE`: unit direction.
 */
export const rayRangeM = (
  obstacles: readonly Obstacle[],
  northM: number,
  eastM: number,
  heightM: number,
  dirN: number,
  dirE: number,
): number => {
  let least = Number.POSITIVE_INFINITY;
  for (const obstacle of obstacles) {
    if (heightM > obstacle.heightM) continue;
    const range =
      obstacle.kind === 'cylinder'
        ? rayToCylinderM(obstacle, northM, eastM, dirN, dirE)
        : rayToBoxM(obstacle, northM, eastM, dirN, dirE);
    if (range < least) least = range;
  }
  return least;
};

/** Those whose wall may lie within `rangeM`: the ring sensor looks only at these. */
export const obstaclesNear = (
  obstacles: readonly Obstacle[],
  northM: number,
  eastM: number,
  rangeM: number,
): readonly Obstacle[] =>
  obstacles.filter((obstacle) => wallDistanceM(obstacle, northM, eastM) <= rangeM);
