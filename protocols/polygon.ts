/** A point on the ground in the mission's NED frame. */
export interface GroundPoint {
  northM: number;
  eastM: number;
}

/** Vertices in order, not closed. Geometry here is metric, on the plane tangent at the origin. */
export type Polygon = readonly GroundPoint[];

/** Even-odd rule (W. R. Franklin, PNPOLY); points on an edge may fall on either side. */
export const containsPoint = (polygon: Polygon, northM: number, eastM: number): boolean => {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const a = polygon[i]!;
    const b = polygon[j]!;
    const straddles = a.northM > northM !== b.northM > northM;
    if (
      straddles &&
      eastM < ((b.eastM - a.eastM) * (northM - a.northM)) / (b.northM - a.northM) + a.eastM
    ) {
      inside = !inside;
    }
  }
  return inside;
};

const distanceToSegment = (
  northM: number,
  eastM: number,
  a: GroundPoint,
  b: GroundPoint,
): number => {
  const dn = b.northM - a.northM;
  const de = b.eastM - a.eastM;
  const lengthSquared = dn * dn + de * de;
  const along =
    lengthSquared === 0 ? 0 : ((northM - a.northM) * dn + (eastM - a.eastM) * de) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  const n = northM - a.northM - t * dn;
  const e = eastM - a.eastM - t * de;
  return Math.sqrt(n * n + e * e);
};

/** Metres to the nearest edge: positive inside the polygon, negative outside. */
export const signedDistanceToEdge = (polygon: Polygon, northM: number, eastM: number): number => {
  let least = Infinity;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    least = Math.min(least, distanceToSegment(northM, eastM, polygon[j]!, polygon[i]!));
  }
  return containsPoint(polygon, northM, eastM) ? least : -least;
};

const turn = (a: GroundPoint, b: GroundPoint, c: GroundPoint): number =>
  (b.northM - a.northM) * (c.eastM - a.eastM) - (b.eastM - a.eastM) * (c.northM - a.northM);

const within = (a: GroundPoint, b: GroundPoint, c: GroundPoint): boolean =>
  Math.min(a.northM, b.northM) <= c.northM &&
  c.northM <= Math.max(a.northM, b.northM) &&
  Math.min(a.eastM, b.eastM) <= c.eastM &&
  c.eastM <= Math.max(a.eastM, b.eastM);

/** True when segment ab meets segment cd, touching included (Cormen et al., ch. 33.1). */
export const segmentsMeet = (
  a: GroundPoint,
  b: GroundPoint,
  c: GroundPoint,
  d: GroundPoint,
): boolean => {
  const d1 = turn(c, d, a);
  const d2 = turn(c, d, b);
  const d3 = turn(a, b, c);
  const d4 = turn(a, b, d);
  if (((d1 > 0 && d2 < 0) || (d1 < 0 && d2 > 0)) && ((d3 > 0 && d4 < 0) || (d3 < 0 && d4 > 0))) {
    return true;
  }
  return (
    (d1 === 0 && within(c, d, a)) ||
    (d2 === 0 && within(c, d, b)) ||
    (d3 === 0 && within(a, b, c)) ||
    (d4 === 0 && within(a, b, d))
  );
};

/** The first pair of non-adjacent edges that meet, as indices of their first vertices; undefined for a simple polygon. */
export const selfCrossing = (polygon: Polygon): readonly [number, number] | undefined => {
  const n = polygon.length;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 2; j < n; j += 1) {
      if (i === 0 && j === n - 1) continue;
      if (segmentsMeet(polygon[i]!, polygon[(i + 1) % n]!, polygon[j]!, polygon[(j + 1) % n]!)) {
        return [i, j];
      }
    }
  }
  return undefined;
};

/** Shoelace formula; always positive. */
export const polygonAreaM2 = (polygon: Polygon): number => {
  let twice = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    twice += polygon[j]!.northM * polygon[i]!.eastM - polygon[i]!.northM * polygon[j]!.eastM;
  }
  return Math.abs(twice) / 2;
};
