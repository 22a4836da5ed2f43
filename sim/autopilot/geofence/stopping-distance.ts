import type { Parameters } from '../parameters.ts';

/** Between two looks at the fence it flies on. */
const LOOK_S = 0.2;

/**
 * How far a vehicle comes that is told to stop while it accelerates as hard as it may: `first` until the
 * jerk has taken that acceleration away, then braking under the limits, m. Speeds and accelerations
 * are along the way and not negative.
 */
const afterAcceleration = (
  speedMps: number,
  first: number,
  braking: number,
  jerk: number,
): number => {
  const releaseS = first / jerk;
  const releaseM = speedMps * releaseS + (first * releaseS ** 2) / 2 - (jerk * releaseS ** 3) / 6;
  const fastestMps = speedMps + (first * releaseS) / 2;
  return releaseM + fastestMps * (fastestMps / (2 * braking) + braking / (2 * jerk));
};

/** Over the ground, at this speed. */
export const stoppingDistanceM = (parameters: Parameters, speedMps: number): number => {
  const braking = parameters.get('MPC_ACC_HOR');
  const first = Math.max(braking, parameters.get('MPC_ACC_HOR_MAX'));
  const jerk = parameters.get('MPC_JERK_AUTO');
  return LOOK_S * speedMps + afterAcceleration(speedMps, first, braking, jerk);
};

/** In height, climbing at this speed (negative: sinking). Signed like it. */
export const climbStoppingDistanceM = (parameters: Parameters, climbMps: number): number => {
  const [up, down] = [parameters.get('MPC_ACC_UP_MAX'), parameters.get('MPC_ACC_DOWN_MAX')];
  const speedMps = Math.abs(climbMps);
  const braking = climbMps > 0 ? down : up;
  const jerk = parameters.get('MPC_JERK_AUTO');
  const distanceM = afterAcceleration(speedMps, Math.max(up, down), braking, jerk);
  return Math.sign(climbMps) * (LOOK_S * speedMps + distanceM);
};

/** Kept from the fence where it holds: twice what one at rest may still move. */
export const keptDistanceM = (parameters: Parameters): number =>
  2 * stoppingDistanceM(parameters, 0);
