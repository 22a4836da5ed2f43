import type { Vector3 } from '#protocols/vector.ts';

/** PX4 scales the allocation so that unit roll or pitch torque moves each motor by 1/√2. */
const TILT_SHARE = Math.SQRT1_2;
/** How each motor moves with roll, pitch and yaw torque. */
const ROLL = [-TILT_SHARE, TILT_SHARE, TILT_SHARE, -TILT_SHARE] as const;
const PITCH = [TILT_SHARE, -TILT_SHARE, TILT_SHARE, -TILT_SHARE] as const;
const YAW = [1, 1, -1, -1] as const;
const LIFT = [1, 1, 1, 1] as const;
/** At full thrust this much more is allowed for yaw, and then taken from the thrust of all. */
const YAW_MARGIN = 0.15;

type Column = readonly [number, number, number, number];

/** How far to go along `column` so that the motors come nearest to their limits from outside them. */
const desaturationGain = (throttle: Float64Array, column: Column, most: number): number => {
  let least = 0;
  let greatest = 0;
  for (let motor = 0; motor < 4; motor += 1) {
    const value = throttle[motor]!;
    if (value >= 0 && value <= most) continue;
    const gain = ((value < 0 ? 0 : most) - value) / column[motor]!;
    least = Math.min(least, gain);
    greatest = Math.max(greatest, gain);
  }
  return least + greatest;
};

const shift = (throttle: Float64Array, column: Column, gain: number): void => {
  for (let motor = 0; motor < 4; motor += 1) throttle[motor]! += gain * column[motor]!;
};

/** The whole way, then half of what is missing: where motors are off at both ends, the middle. */
const desaturate = (throttle: Float64Array, column: Column, most: number): void => {
  shift(throttle, column, desaturationGain(throttle, column, most));
  shift(throttle, column, desaturationGain(throttle, column, most) / 2);
};

const reduceThrust = (throttle: Float64Array): void => {
  const gain = desaturationGain(throttle, LIFT, 1);
  if (gain > 0) return;
  shift(throttle, LIFT, gain);
  shift(throttle, LIFT, desaturationGain(throttle, LIFT, 1) / 2);
};

/**
 * Thrust and torques → throttles of motors 1–4 of a quadrotor in X, written into `throttle`. PX4's
 * sequential desaturation without airmode (docs.px4.io, "Control allocation"): thrust is given up for
 * roll and pitch, then roll and pitch, then yaw, which at full thrust keeps a margin of its own.
 * `lost` becomes the torque that was wanted and not given.
 */
export const mixQuadX = (
  thrust: number,
  torque: Readonly<Vector3>,
  throttle: Float64Array,
  lost: Vector3,
): void => {
  for (let motor = 0; motor < 4; motor += 1) {
    throttle[motor] = thrust + ROLL[motor]! * torque.x + PITCH[motor]! * torque.y;
  }
  reduceThrust(throttle);
  desaturate(throttle, ROLL, 1);
  desaturate(throttle, PITCH, 1);
  shift(throttle, YAW, torque.z);
  desaturate(throttle, YAW, 1 + YAW_MARGIN);
  reduceThrust(throttle);
  for (let motor = 0; motor < 4; motor += 1) {
    throttle[motor] = Math.min(1, Math.max(0, throttle[motor]!));
  }
  const [a, b, c, d] = throttle as unknown as [number, number, number, number];
  lost.x = torque.x - (b + c - a - d) / (4 * TILT_SHARE);
  lost.y = torque.y - (a + c - b - d) / (4 * TILT_SHARE);
  lost.z = torque.z - (a + b - c - d) / 4;
};
