/** A standing cylinder of air, mission NED; heights above the origin, m. */
export interface Zone {
  readonly northM: number;
  readonly eastM: number;
  readonly radiusM: number;
  readonly fromHeightM: number;
  readonly toHeightM: number;
}

/** Distance from the axis as a share of the radius; Infinity above and below. */
export const zoneShare = (zone: Zone, northM: number, eastM: number, heightM: number): number => {
  if (heightM < zone.fromHeightM || heightM > zone.toHeightM) return Number.POSITIVE_INFINITY;
  const north = northM - zone.northM;
  const east = eastM - zone.eastM;
  return Math.sqrt(north * north + east * east) / zone.radiusM;
};

export const isInZone = (
  zones: readonly Zone[],
  northM: number,
  eastM: number,
  heightM: number,
): boolean => zones.some((zone) => zoneShare(zone, northM, eastM, heightM) < 1);
