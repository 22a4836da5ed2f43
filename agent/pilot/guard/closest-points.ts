import { vector3, type Vector3 } from '#protocols/vector.ts';

/** Closest points of two segments; reused by the caller. */
export interface ClosestPoints {
  onFirst: Vector3;
  onSecond: Vector3;
  distanceM: number;
}

export const closestPointsBuffer = (): ClosestPoints => ({
  onFirst: vector3(0, 0, 0),
  onSecond: vector3(0, 0, 0),
  distanceM: Number.POSITIVE_INFINITY,
});

const clamp01 = (value: number): number => Math.min(1, Math.max(0, value));

/** Segments shorter than this, squared, are points. */
const POINT_M2 = 1e-12;

/**
 * Closest points of the segments from `p` along `d` and from `q` along `e` (C. Ericson, Real-Time
 * Collision Detection, 5.1.9), written into `out`. Parallel ones give one of their closest pairs.
 */
export const closestPoints = (
  p: Readonly<Vector3>,
  d: Readonly<Vector3>,
  q: Readonly<Vector3>,
  e: Readonly<Vector3>,
  out: ClosestPoints,
): ClosestPoints => {
  const rx = p.x - q.x;
  const ry = p.y - q.y;
  const rz = p.z - q.z;
  const dd = d.x * d.x + d.y * d.y + d.z * d.z;
  const ee = e.x * e.x + e.y * e.y + e.z * e.z;
  const er = e.x * rx + e.y * ry + e.z * rz;
  const dr = d.x * rx + d.y * ry + d.z * rz;
  let s = 0;
  let t = 0;
  if (dd <= POINT_M2) {
    t = ee <= POINT_M2 ? 0 : clamp01(er / ee);
  } else if (ee <= POINT_M2) {
    s = clamp01(-dr / dd);
  } else {
    const de = d.x * e.x + d.y * e.y + d.z * e.z;
    const denominator = dd * ee - de * de;
    s = denominator > POINT_M2 ? clamp01((de * er - dr * ee) / denominator) : 0;
    t = (de * s + er) / ee;
    if (t < 0 || t > 1) {
      t = clamp01(t);
      s = clamp01((de * t - dr) / dd);
    }
  }
  const { onFirst, onSecond } = out;
  onFirst.x = p.x + s * d.x;
  onFirst.y = p.y + s * d.y;
  onFirst.z = p.z + s * d.z;
  onSecond.x = q.x + t * e.x;
  onSecond.y = q.y + t * e.y;
  onSecond.z = q.z + t * e.z;
  const x = onSecond.x - onFirst.x;
  const y = onSecond.y - onFirst.y;
  const z = onSecond.z - onFirst.z;
  out.distanceM = Math.sqrt(x * x + y * y + z * z);
  return out;
};
