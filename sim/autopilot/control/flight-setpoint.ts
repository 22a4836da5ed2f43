import type { Quaternion } from '../../rotation.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';

/** SET_ATTITUDE_TARGET: an attitude, or without one body rates, and collective thrust 0..1. */
export interface AttitudeSetpoint {
  attitude: Quaternion | undefined;
  /** FRD, rad/s; NaN leaves an axis as it turns. */
  ratesFrd: Vector3;
  thrust: number;
}

/**
 * What the present mode wants of the controllers, in the vehicle's local NED frame (zero at the EKF
 * origin). NaN means "not commanded", as in PX4's trajectory_setpoint. Mutable, reused every tick.
 */
export interface FlightSetpoint {
  readonly positionNed: Vector3;
  readonly velocityNed: Vector3;
  readonly accelerationNed: Vector3;
  yawRad: number;
  yawRateRadps: number;
  /** Take-off ramp: greatest climb speed at this moment. May be negative: not yet leaving ground. */
  climbLimitMps: number;
  /** In place of all the others. */
  attitude: Readonly<AttitudeSetpoint> | undefined;
}

export const emptySetpoint = (): FlightSetpoint => ({
  positionNed: vector3(Number.NaN, Number.NaN, Number.NaN),
  velocityNed: vector3(Number.NaN, Number.NaN, Number.NaN),
  accelerationNed: vector3(Number.NaN, Number.NaN, Number.NaN),
  yawRad: Number.NaN,
  yawRateRadps: Number.NaN,
  climbLimitMps: Number.POSITIVE_INFINITY,
  attitude: undefined,
});

const clearVector = (vector: Vector3): void => {
  vector.x = Number.NaN;
  vector.y = Number.NaN;
  vector.z = Number.NaN;
};

export const clearSetpoint = (setpoint: FlightSetpoint): void => {
  clearVector(setpoint.positionNed);
  clearVector(setpoint.velocityNed);
  clearVector(setpoint.accelerationNed);
  setpoint.yawRad = Number.NaN;
  setpoint.yawRateRadps = Number.NaN;
  setpoint.climbLimitMps = Number.POSITIVE_INFINITY;
  setpoint.attitude = undefined;
};
