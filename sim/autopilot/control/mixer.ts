import { clamp } from '#protocols/units.ts';
import type { Vector3 } from '#protocols/vector.ts';

/** PX4 scales the allocation so that unit roll or pitch torque moves each motor by 1/√2. */
const TILT_SHARE = Math.SQRT1_2;

/**
 * Thrust and torques → throttles of motors 1–4 of a quadrotor in X, written into `throttle`.
 * Desaturation as PX4 without airmode: give up thrust for roll and pitch, roll and pitch at too
 * little thrust, and yaw first of all.
 */
export const mixQuadX = (
  thrust: number,
  torque: Readonly<Vector3>,
  throttle: Float64Array,
): void => {
  const roll = TILT_SHARE * torque.x;
  const pitch = TILT_SHARE * torque.y;
  const tilt1 = -roll + pitch;
  const tilt2 = roll - pitch;
  const tilt3 = roll + pitch;
  const tilt4 = -roll - pitch;
  const reach = Math.max(tilt1, tilt2, tilt3, tilt4);
  const scale = reach > 0.5 ? 0.5 / reach : 1;
  const lifted = Math.min(thrust, 1 - reach * scale);
  const room = reach > 0 ? Math.min(scale, lifted / reach) : scale;
  const margin = Math.max(0, Math.min(1 - lifted, lifted) - reach * room);
  // A little yaw authority is kept even at the limit.
  const yaw = clamp(torque.z, -margin - 0.1, margin + 0.1);
  throttle[0] = clamp(lifted + room * tilt1 + yaw, 0, 1);
  throttle[1] = clamp(lifted + room * tilt2 + yaw, 0, 1);
  throttle[2] = clamp(lifted + room * tilt3 - yaw, 0, 1);
  throttle[3] = clamp(lifted + room * tilt4 - yaw, 0, 1);
};
