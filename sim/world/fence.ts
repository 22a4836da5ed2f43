export interface FenceCorner {
  readonly northM: number;
  readonly eastM: number;
}

/**
 * A polygon and a band of heights above the origin. The floor binds planners; take-off and landing
 * pass below it, so it does not count as a margin here.
 */
export interface Fence {
  readonly polygon: readonly FenceCorner[];
  readonly minHeightM: number;
  readonly maxHeightM: number;
}

const edgeDistanceM = (a: FenceCorner, b: FenceCorner, northM: number, eastM: number): number => {
  const n = b.northM - a.northM;
  const e = b.eastM - a.eastM;
  const lengthSquared = n * n + e * e;
  const along = (northM - a.northM) * n + (eastM - a.eastM) * e;
  const share = lengthSquared > 0 ? Math.min(1, Math.max(0, along / lengthSquared)) : 0;
  const dn = northM - a.northM - share * n;
  const de = eastM - a.eastM - share * e;
  return Math.sqrt(dn * dn + de * de);
};

/** Distance to the nearest side, positive inside, negative outside (even–odd rule). */
const horizontalMarginM = (
  polygon: readonly FenceCorner[],
  northM: number,
  eastM: number,
): number => {
  let inside = false;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < polygon.length; index += 1) {
    const a = polygon[index]!;
    const b = polygon[(index + 1) % polygon.length]!;
    least = Math.min(least, edgeDistanceM(a, b, northM, eastM));
    const crosses = a.eastM > eastM !== b.eastM > eastM;
    if (!crosses) continue;
    const at = a.northM + ((eastM - a.eastM) / (b.eastM - a.eastM)) * (b.northM - a.northM);
    if (northM < at) inside = !inside;
  }
  return inside ? least : -least;
};

/** Least distance to the fence's sides and to its ceiling, m; negative when outside. */
export const fenceMarginM = (
  fence: Fence,
  northM: number,
  eastM: number,
  heightM: number,
): number => Math.min(horizontalMarginM(fence.polygon, northM, eastM), fence.maxHeightM - heightM);
