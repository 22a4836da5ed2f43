import type { Vector3 } from '#protocols/vector.ts';

/**
 * Unit quaternion that turns FRD body vectors into NED ones (Hamilton, w first: PX4's and MAVLink's
 * convention). Mutable and written in place: the 250 Hz loop must not feed the garbage collector.
 */
export interface Quaternion {
  w: number;
  x: number;
  y: number;
  z: number;
}

export const identityQuaternion = (): Quaternion => ({ w: 1, x: 0, y: 0, z: 0 });

const normalizeInPlace = (q: Quaternion): void => {
  const inverse = 1 / Math.sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
  q.w *= inverse;
  q.x *= inverse;
  q.y *= inverse;
  q.z *= inverse;
};

/** `out` = rotation of the yaw, then pitch, then roll angles (rad), the aerospace sequence. */
export const quaternionFromEuler = (
  rollRad: number,
  pitchRad: number,
  yawRad: number,
  out: Quaternion,
): void => {
  const cr = Math.cos(rollRad / 2);
  const sr = Math.sin(rollRad / 2);
  const cp = Math.cos(pitchRad / 2);
  const sp = Math.sin(pitchRad / 2);
  const cy = Math.cos(yawRad / 2);
  const sy = Math.sin(yawRad / 2);
  out.w = cr * cp * cy + sr * sp * sy;
  out.x = sr * cp * cy - cr * sp * sy;
  out.y = cr * sp * cy + sr * cp * sy;
  out.z = cr * cp * sy - sr * sp * cy;
};

export const rollOf = (q: Quaternion): number =>
  Math.atan2(2 * (q.w * q.x + q.y * q.z), 1 - 2 * (q.x * q.x + q.y * q.y));

export const pitchOf = (q: Quaternion): number =>
  Math.asin(Math.min(1, Math.max(-1, 2 * (q.w * q.y - q.z * q.x))));

export const yawOf = (q: Quaternion): number =>
  Math.atan2(2 * (q.w * q.z + q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z));

/** `out` = a ⊗ b. `out` may be `a` or `b`. */
export const multiplyQuaternions = (a: Quaternion, b: Quaternion, out: Quaternion): void => {
  const w = a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z;
  const x = a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y;
  const y = a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x;
  const z = a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w;
  out.w = w;
  out.x = x;
  out.y = y;
  out.z = z;
};

/** `out` = inverse(a) ⊗ b for unit quaternions. */
export const relativeQuaternion = (a: Quaternion, b: Quaternion, out: Quaternion): void => {
  const w = a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z;
  const x = a.w * b.x - a.x * b.w - a.y * b.z + a.z * b.y;
  const y = a.w * b.y + a.x * b.z - a.y * b.w - a.z * b.x;
  const z = a.w * b.z - a.x * b.y + a.y * b.x - a.z * b.w;
  out.w = w;
  out.x = x;
  out.y = y;
  out.z = z;
};

/** `out` = the body's down axis (body z) in NED. */
export const bodyDownInNed = (q: Quaternion, out: Vector3): void => {
  out.x = 2 * (q.x * q.z + q.w * q.y);
  out.y = 2 * (q.y * q.z - q.w * q.x);
  out.z = 1 - 2 * (q.x * q.x + q.y * q.y);
};

/** `out` = the NED vector `v` in body axes; `out` may be `v`. */
export const bodyFromNed = (q: Readonly<Quaternion>, v: Readonly<Vector3>, out: Vector3): void => {
  // v + 2w (v × u) + 2 (u × (u × v)) with the vector part u: the inverse turn.
  const cx = 2 * (v.y * q.z - v.z * q.y);
  const cy = 2 * (v.z * q.x - v.x * q.z);
  const cz = 2 * (v.x * q.y - v.y * q.x);
  const x = v.x + q.w * cx + (cy * q.z - cz * q.y);
  const y = v.y + q.w * cy + (cz * q.x - cx * q.z);
  const z = v.z + q.w * cz + (cx * q.y - cy * q.x);
  out.x = x;
  out.y = y;
  out.z = z;
};

/** Turns `q` by body rates (rad/s) held for `dtS`, first order with renormalisation. */
export const integrateRates = (q: Quaternion, ratesFrd: Vector3, dtS: number): void => {
  const half = dtS / 2;
  const { w, x, y, z } = q;
  q.w = w - half * (x * ratesFrd.x + y * ratesFrd.y + z * ratesFrd.z);
  q.x = x + half * (w * ratesFrd.x + y * ratesFrd.z - z * ratesFrd.y);
  q.y = y + half * (w * ratesFrd.y + z * ratesFrd.x - x * ratesFrd.z);
  q.z = z + half * (w * ratesFrd.z + x * ratesFrd.y - y * ratesFrd.x);
  normalizeInPlace(q);
};
