/** A promised position with the radius around it in which the drone stays; mission NED, m. */
export interface TubeKnot {
  x: number;
  y: number;
  z: number;
  radiusM: number;
}

/** Most knots of one promise: bounds every buffer that holds one, on the mesh and in the pilot. */
export const MAX_INTENT_KNOTS = 16;
