import type { Vector3 } from '#protocols/vector.ts';
import type { Situation } from '../situation.ts';

/**
 * Speed at which a multicopter may pass a corner within a radius: an arc that MPC_ACC_HOR, weakened
 * by MPC_XY_TRAJ_P, can fly. Zero where the altitude changes after it, or where the two places are
 * the same. Points: where it comes from, the corner, where it goes (local NED).
 */
export const cornerSpeedMps = (
  { parameters }: Situation,
  [from, corner, to]: readonly [Readonly<Vector3>, Readonly<Vector3>, Readonly<Vector3>],
  radiusM: number,
): number => {
  if (!(Math.abs(to.z - corner.z) < parameters.get('NAV_MC_ALT_RAD'))) return 0;
  const [ax, ay] = [corner.x - from.x, corner.y - from.y];
  const [bx, by] = [corner.x - to.x, corner.y - to.y];
  const a = Math.sqrt(ax * ax + ay * ay);
  const b = Math.sqrt(bx * bx + by * by);
  if (!(a > 1e-3) || !(b > Math.max(1e-3, radiusM))) return 0;
  // 0: straight back; π: straight on.
  const angle = Math.acos(Math.max(-1, Math.min(1, (ax * bx + ay * by) / (a * b))));
  const accelerationMps2 = parameters.get('MPC_ACC_HOR') * parameters.get('MPC_XY_TRAJ_P');
  const half = Math.min(angle, Math.PI - 1e-3) / 2;
  const speed = Math.sqrt(accelerationMps2 * radiusM * Math.tan(half));
  return Math.min(speed, parameters.get('MPC_XY_VEL_MAX'));
};
