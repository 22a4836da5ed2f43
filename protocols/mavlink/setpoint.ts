import {
  MavFrame,
  PositionTargetTypemask as Mask,
  SetPositionTargetLocalNed,
} from 'mavlink-mappings/dist/lib/common.js';
import { assert } from '../fault.ts';
import { isFiniteVector } from '../vector.ts';
import type { Vector3 } from '../vector.ts';
import type { Component } from './command.ts';

/** Heading to hold, or rate to turn at; never both, for PX4 takes one of them. */
export type Heading = { yawRad: number } | { yawRateRadps: number };

const IGNORE_POSITION = Mask.X_IGNORE | Mask.Y_IGNORE | Mask.Z_IGNORE;
const IGNORE_VELOCITY = Mask.VX_IGNORE | Mask.VY_IGNORE | Mask.VZ_IGNORE;
const IGNORE_ACCELERATION = Mask.AX_IGNORE | Mask.AY_IGNORE | Mask.AZ_IGNORE;

/**
 * Offboard velocity setpoint in MAV_FRAME_LOCAL_NED, m/s; PX4 clamps it to 12 m/s (MPC_XY_VEL_MAX).
 * `bootMs` is the sender's time since its boot. Throws `assertion-failed` for a value that is not
 * finite: PX4 would not count it as a setpoint, and its offboard-loss failsafe would take over.
 */
export const velocitySetpoint = (
  target: Component,
  velocityNed: Vector3,
  heading: Heading,
  bootMs: number,
): SetPositionTargetLocalNed => {
  const message = localSetpoint(target, heading, bootMs, IGNORE_POSITION | IGNORE_ACCELERATION);
  assert(isFiniteVector(velocityNed), 'a velocity setpoint is finite');
  message.vx = velocityNed.x;
  message.vy = velocityNed.y;
  message.vz = velocityNed.z;
  return message;
};

/**
 * Offboard position setpoint in MAV_FRAME_LOCAL_NED, metres from PX4's own EKF origin (not from the
 * mission's). Throws as {@link velocitySetpoint} does.
 */
export const positionSetpoint = (
  target: Component,
  positionNed: Vector3,
  heading: Heading,
  bootMs: number,
): SetPositionTargetLocalNed => {
  const message = localSetpoint(target, heading, bootMs, IGNORE_VELOCITY | IGNORE_ACCELERATION);
  assert(isFiniteVector(positionNed), 'a position setpoint is finite');
  message.x = positionNed.x;
  message.y = positionNed.y;
  message.z = positionNed.z;
  return message;
};

/** Field by field: it goes out fifty times a second, and the constructor searches its enums for defaults. */
const blankSetpoint = (): SetPositionTargetLocalNed => {
  const message = Reflect.construct(
    Object,
    [],
    SetPositionTargetLocalNed,
  ) as SetPositionTargetLocalNed;
  message.timeBootMs = 0;
  message.targetSystem = 0;
  message.targetComponent = 0;
  message.coordinateFrame = MavFrame.LOCAL_NED;
  message.typeMask = Mask.X_IGNORE;
  message.x = 0;
  message.y = 0;
  message.z = 0;
  message.vx = 0;
  message.vy = 0;
  message.vz = 0;
  message.afx = 0;
  message.afy = 0;
  message.afz = 0;
  message.yaw = 0;
  message.yawRate = 0;
  return message;
};

const localSetpoint = (
  target: Component,
  heading: Heading,
  bootMs: number,
  ignored: number,
): SetPositionTargetLocalNed => {
  const message = blankSetpoint();
  message.timeBootMs = Math.floor(bootMs) >>> 0;
  message.targetSystem = target.sysid;
  message.targetComponent = target.compid;
  if ('yawRad' in heading) {
    message.yaw = heading.yawRad;
    message.typeMask = ignored | Mask.YAW_RATE_IGNORE;
  } else {
    message.yawRate = heading.yawRateRadps;
    message.typeMask = ignored | Mask.YAW_IGNORE;
  }
  assert(Number.isFinite(message.yaw + message.yawRate), 'a setpoint heading is finite');
  return message;
};
