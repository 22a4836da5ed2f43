import type { Position } from 'geojson';

/** Metres in a degree of latitude on the mean sphere; good to a pixel at the size of a mission. */
const METRES_PER_DEGREE = 111_195;

const metresPerDegreeEast = (latDeg: number): number =>
  METRES_PER_DEGREE * Math.cos((latDeg * Math.PI) / 180);

/** [longitude, latitude] moved by metres north and east. */
const moved = ([lonDeg, latDeg]: Position, northM: number, eastM: number): Position => [
  lonDeg! + eastM / metresPerDegreeEast(latDeg!),
  latDeg! + northM / METRES_PER_DEGREE,
];

/** A circle as a closed ring of 24 corners. */
export const circleRing = (centre: Position, radiusM: number): Position[] =>
  Array.from({ length: 25 }, (_, index) => {
    const angle = ((index % 24) / 24) * 2 * Math.PI;
    return moved(centre, radiusM * Math.cos(angle), radiusM * Math.sin(angle));
  });

/** Direction from one place to another, rad, north 0, east π/2; undefined when they are one place. */
export const bearingRad = (from: Position, to: Position): number | undefined => {
  const northM = (to[1]! - from[1]!) * METRES_PER_DEGREE;
  const eastM = (to[0]! - from[0]!) * metresPerDegreeEast(from[1]!);
  return Math.hypot(northM, eastM) < 0.05 ? undefined : Math.atan2(eastM, northM);
};

/**
 * Outlines of a tube of [longitude, latitude, radius in m] knots: a ribbon as wide as the tube at
 * each knot, and a circle at its end. Empty for fewer than two places.
 */
export const tubeRings = (knots: readonly (readonly [number, number, number])[]): Position[][] => {
  const left: Position[] = [];
  const right: Position[] = [];
  let courseRad: number | undefined;
  for (const [index, [lonDeg, latDeg, radiusM]] of knots.entries()) {
    const next = knots[index + 1];
    const place = [lonDeg, latDeg];
    courseRad = (next && bearingRad(place, [next[0], next[1]])) ?? courseRad;
    if (courseRad === undefined) continue;
    const northM = -radiusM * Math.sin(courseRad);
    const eastM = radiusM * Math.cos(courseRad);
    right.push(moved(place, northM, eastM));
    left.push(moved(place, -northM, -eastM));
  }
  const last = knots.at(-1);
  const [start] = left;
  if (last === undefined || start === undefined) return [];
  return [[...left, ...right.reverse(), start], circleRing([last[0], last[1]], last[2])];
};

/** South-west and north-east corner of a ring. */
export const boundsOf = (ring: readonly Position[]): [[number, number], [number, number]] => {
  const lons = ring.map(([lonDeg]) => lonDeg!);
  const lats = ring.map(([, latDeg]) => latDeg!);
  return [
    [Math.min(...lons), Math.min(...lats)],
    [Math.max(...lons), Math.max(...lats)],
  ];
};
