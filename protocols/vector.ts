/** A vector in whatever frame the name of the value says, e.g. `positionNed`, `velocityBody`. */
export interface Vector3 {
  x: number;
  y: number;
  z: number;
}

export const vector3 = (x: number, y: number, z: number): Vector3 => ({ x, y, z });

export const add = (a: Vector3, b: Vector3): Vector3 => vector3(a.x + b.x, a.y + b.y, a.z + b.z);

export const subtract = (a: Vector3, b: Vector3): Vector3 =>
  vector3(a.x - b.x, a.y - b.y, a.z - b.z);

export const scale = (a: Vector3, factor: number): Vector3 =>
  vector3(a.x * factor, a.y * factor, a.z * factor);

export const dot = (a: Vector3, b: Vector3): number => a.x * b.x + a.y * b.y + a.z * b.z;

/** Math.sqrt instead of Math.hypot: hypot is several times slower and may differ between engines. */
export const norm = (a: Vector3): number => Math.sqrt(dot(a, a));

export const distance = (a: Vector3, b: Vector3): number => norm(subtract(a, b));

export const horizontalNorm = (a: Vector3): number => Math.sqrt(a.x * a.x + a.y * a.y);

export const horizontalDistance = (a: Vector3, b: Vector3): number =>
  horizontalNorm(subtract(a, b));

export const isFiniteVector = (a: Vector3): boolean =>
  Number.isFinite(a.x) && Number.isFinite(a.y) && Number.isFinite(a.z);

/** Writes `from` into `to`, field by field: Object.assign looks each up by name. */
export const copyVector = (from: Readonly<Vector3>, to: Vector3): void => {
  to.x = from.x;
  to.y = from.y;
  to.z = from.z;
};

/** `a` shortened to at most `limit`, its direction kept. */
export const limitNorm = (a: Vector3, limit: number): Vector3 => {
  const length = norm(a);
  return length > limit ? scale(a, limit / length) : a;
};
