import { radiansFromDegrees, degreesFromRadians } from './units.ts';
import type { Vector3 } from './vector.ts';

/** WGS-84 position; altitude is named where it is used (AMSL, relative to home, or AGL). */
export interface LatLon {
  latDeg: number;
  lonDeg: number;
}

/** The mission's origin: everyone's zero of the local NED frame. */
export interface Origin extends LatLon {
  altAmslM: number;
}

export interface Geodetic extends LatLon {
  altAmslM: number;
}

const SEMI_MAJOR_M = 6_378_137;
const ECCENTRICITY_SQUARED = 6.694_379_990_141_32e-3;

interface Curvature {
  metresPerRadianNorth: number;
  metresPerRadianEast: number;
}

/** Radii of curvature of the WGS-84 ellipsoid at a latitude (Groves, GNSS Principles, eq. 2.105). */
const curvatureAt = (latRad: number): Curvature => {
  const sin = Math.sin(latRad);
  const w = Math.sqrt(1 - ECCENTRICITY_SQUARED * sin * sin);
  return {
    metresPerRadianNorth: (SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED)) / (w * w * w),
    metresPerRadianEast: (SEMI_MAJOR_M / w) * Math.cos(latRad),
  };
};

/**
 * Local NED (metres) of a WGS-84 position, on the plane tangent at the origin.
 * Within 2 km of the origin the error against the geodesic is below 0.2 m.
 */
export const nedFromGeodetic = (origin: Origin, position: Geodetic): Vector3 => {
  const curvature = curvatureAt(radiansFromDegrees(origin.latDeg));
  return {
    x: radiansFromDegrees(position.latDeg - origin.latDeg) * curvature.metresPerRadianNorth,
    y: radiansFromDegrees(position.lonDeg - origin.lonDeg) * curvature.metresPerRadianEast,
    z: origin.altAmslM - position.altAmslM,
  };
};

/** Inverse of {@link nedFromGeodetic}. */
export const geodeticFromNed = (origin: Origin, positionNed: Vector3): Geodetic => {
  const curvature = curvatureAt(radiansFromDegrees(origin.latDeg));
  return {
    latDeg: origin.latDeg + degreesFromRadians(positionNed.x / curvature.metresPerRadianNorth),
    lonDeg: origin.lonDeg + degreesFromRadians(positionNed.y / curvature.metresPerRadianEast),
    altAmslM: origin.altAmslM - positionNed.z,
  };
};

/** Horizontal rotation of an NED vector into the frame that yaws with the body (FRD, levelled). */
export const levelBodyFromNed = (vectorNed: Vector3, yawRad: number): Vector3 => {
  const cos = Math.cos(yawRad);
  const sin = Math.sin(yawRad);
  return {
    x: cos * vectorNed.x + sin * vectorNed.y,
    y: -sin * vectorNed.x + cos * vectorNed.y,
    z: vectorNed.z,
  };
};

/** Inverse of {@link levelBodyFromNed}. */
export const nedFromLevelBody = (vectorBody: Vector3, yawRad: number): Vector3 =>
  levelBodyFromNed(vectorBody, -yawRad);
