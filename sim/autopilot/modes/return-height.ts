import { clamp, radiansFromDegrees } from '#protocols/units.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Situation } from '../situation.ts';

/** Over the destination's height, so much for each metre of distance, the vehicle touches no ground. */
const LEAST_SLOPE = 2;

/**
 * Local NED z at which to return to a destination: RTL_RETURN_ALT above it, but within RTL_MIN_DIST of
 * it only as high as the cone of half-angle RTL_CONE_ANG on it is there, and over it hardly higher
 * than now. Never below the present height. Without a cone RTL_RETURN_ALT holds everywhere.
 */
export const returnZ = ({ motion, parameters }: Situation, to: Readonly<Vector3>): number => {
  const { x, y, z } = motion.positionNed;
  const fullM = parameters.get('RTL_RETURN_ALT');
  const coneDeg = parameters.get('RTL_CONE_ANG');
  if (coneDeg <= 0) return Math.min(z, to.z - fullM);
  const distanceM = Math.sqrt((to.x - x) ** 2 + (to.y - y) ** 2);
  const arrivedM = parameters.get('NAV_ACC_RAD');
  const coneM = distanceM / Math.tan(radiansFromDegrees(clamp(coneDeg, 1, 89)));
  const nearM = distanceM <= parameters.get('RTL_MIN_DIST') ? Math.min(fullM, coneM) : fullM;
  const wantedM =
    distanceM <= arrivedM ? LEAST_SLOPE * distanceM : Math.max(nearM, LEAST_SLOPE * arrivedM);
  return Math.min(z, to.z - Math.min(fullM, wantedM));
};
