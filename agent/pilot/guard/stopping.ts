import type { Vector3 } from '#protocols/vector.ts';

/**
 * After a companion dies PX4 flies its last setpoint on for COM_OF_LOSS_T (1 s; recordings show
 * 1.04–1.11 s) before it takes over. The same time covers the reaction of a living one (tick, link).
 */
export const FLY_ON_S = 1.12;

/**
 * The vehicle follows a velocity setpoint late: MPC_XY_VEL_P_ACC 1.8 makes 0.56 s, attitude and motors
 * some more. With a first-order lag the way to rest is exactly the setpoint's way plus lag × velocity.
 */
export const LAG_S = 0.75;

/** PX4 brakes no harder by itself (MPC_ACC_HOR, MPC_ACC_DOWN_MAX 3 m/s²), whatever the mission allows. */
export const BRAKING_MPS2 = 3;

/** Deceleration that stopping counts on, m/s². */
export const brakingOf = (maxAccelerationMps2: number): number =>
  Math.min(BRAKING_MPS2, maxAccelerationMps2);

/** Seconds by which a setpoint of this speed is multiplied to give its way to rest. */
export const stopSeconds = (speedMps: number, brakingMps2: number): number =>
  FLY_ON_S + speedMps / (2 * brakingMps2);

/**
 * The way from here to rest, m: the setpoint flown on, braked straight, and the vehicle's lag.
 * Writes into `out`.
 */
export const stopDisplacement = (
  setpointNed: Readonly<Vector3>,
  velocityNed: Readonly<Vector3>,
  brakingMps2: number,
  out: Vector3,
): Vector3 => {
  const { x, y, z } = setpointNed;
  const seconds = stopSeconds(Math.sqrt(x * x + y * y + z * z), brakingMps2);
  out.x = x * seconds + LAG_S * velocityNed.x;
  out.y = y * seconds + LAG_S * velocityNed.y;
  out.z = z * seconds + LAG_S * velocityNed.z;
  return out;
};
