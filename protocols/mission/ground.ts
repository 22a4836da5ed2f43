import { nedFromGeodetic, type LatLon, type Origin } from '../frames.ts';
import type { GroundPoint, Polygon } from '../polygon.ts';
import type { GeoPolygon } from './mission.ts';

/**
 * Rounded to the centimetre, so that every drone derives the same integers, hence the same tasks,
 * from one goal whatever its processor's last bit.
 */
const toCentimetre = (metres: number): number => Math.round(metres * 100) / 100;

/** A place on the ground in the mission's NED frame, to the centimetre. */
export const groundPoint = (origin: Origin, place: LatLon): GroundPoint => {
  const ned = nedFromGeodetic(origin, { ...place, altAmslM: origin.altAmslM });
  return { northM: toCentimetre(ned.x), eastM: toCentimetre(ned.y) };
};

export interface AreaNed {
  outline: Polygon;
  holes: Polygon[];
}

/** GeoJSON rings (closed, lon-lat) as open rings in the mission's NED frame. */
export const areaNed = (origin: Origin, polygon: GeoPolygon): AreaNed => {
  const rings = polygon.coordinates.map((ring) =>
    ring.slice(0, -1).map(([lonDeg, latDeg]) => groundPoint(origin, { latDeg, lonDeg })),
  );
  return { outline: rings[0] ?? [], holes: rings.slice(1) };
};
