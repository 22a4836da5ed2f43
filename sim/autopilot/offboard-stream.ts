import { nedFromLevelBody } from '#protocols/frames.ts';
import { copyVector, norm, vector3, type Vector3 } from '#protocols/vector.ts';
import { MavFrame, PositionTargetTypemask as Mask } from 'mavlink-mappings/dist/lib/common.js';
import { yawOf } from '../rotation.ts';
import { clearSetpoint, emptySetpoint } from './control/flight-setpoint.ts';
import type { Motion } from './control/flight-control.ts';
import type { Situation } from './situation.ts';
import { slotOf } from './parameters.ts';

const COM_OF_LOSS_T = slotOf('COM_OF_LOSS_T');

/** The fields that SET_POSITION_TARGET_LOCAL_NED and _GLOBAL_INT share, position already local. */
export interface PositionTarget {
  typeMask: number;
  positionNed: Vector3;
  vx: number;
  vy: number;
  vz: number;
  afx: number;
  afy: number;
  afz: number;
  yaw: number;
  yawRate: number;
}

/** The loss of the stream is noticed this long after COM_OF_LOSS_T (recordings: 0.04–0.11 s). */
const LOSS_NOTICE_S = 0.06;
/** ATTITUDE_TARGET_TYPEMASK. */
/** Roll and pitch: without an attitude neither may be missing. */
const TILT_RATES_IGNORED = 3;
const YAW_RATE_IGNORED = 4;
const THRUST_IGNORED = 64;
const ATTITUDE_IGNORED = 128;
/** How far from one a quaternion's length may be. */
const UNIT_TOLERANCE = 0.1;
const UNSET = Number.NaN;
/** The fields of SET_ATTITUDE_TARGET that matter here. */
export interface AttitudeTarget {
  typeMask: number;
  /** Hamilton quaternion w, x, y, z: FRD body to NED. */
  q: readonly number[];
  bodyRollRate: number;
  bodyPitchRate: number;
  bodyYawRate: number;
  thrust: number;
}

const IGNORED_X = [Mask.X_IGNORE, Mask.Y_IGNORE, Mask.Z_IGNORE] as const;
const IGNORED_V = [Mask.VX_IGNORE, Mask.VY_IGNORE, Mask.VZ_IGNORE] as const;
const IGNORED_A = [Mask.AX_IGNORE, Mask.AY_IGNORE, Mask.AZ_IGNORE] as const;

/** The frames of SET_POSITION_TARGET_LOCAL_NED that count. */
export const isFlownFrame = (frame: number): boolean =>
  frame === MavFrame.LOCAL_NED || frame === MavFrame.BODY_NED;

type Axes = readonly [number, number, number];

const masked = (typeMask: number, bits: Axes, x: number, y: number, z: number): Vector3 =>
  vector3(
    typeMask & bits[0] ? UNSET : x,
    typeMask & bits[1] ? UNSET : y,
    typeMask & bits[2] ? UNSET : z,
  );

const anyFinite = (v: Readonly<Vector3>): boolean =>
  Number.isFinite(v.x) || Number.isFinite(v.y) || Number.isFinite(v.z);

/**
 * The stream of offboard setpoints: the latest one and when it came. Frames 1 (LOCAL_NED) and 8
 * (BODY_NED) count, others do not; nor does one that commands neither position, velocity nor
 * acceleration (all observed of PX4 v1.15 and v1.18).
 */
export class OffboardStream {
  readonly setpoint = emptySetpoint();
  #lastS = Number.NEGATIVE_INFINITY;

  /** Whether any setpoint has counted since boot. */
  get everCame(): boolean {
    return this.#lastS !== Number.NEGATIVE_INFINITY;
  }

  /** Seconds since the last setpoint that counted. */
  ageS(timeS: number): number {
    return timeS - this.#lastS;
  }

  isAlive({ timeS, parameters }: Situation): boolean {
    return this.ageS(timeS) < parameters.at(COM_OF_LOSS_T) + LOSS_NOTICE_S;
  }

  /** Returns whether the setpoint counted. `frame` is MAV_FRAME after global ones became local. */
  accept(target: PositionTarget, frame: number, motion: Motion, timeS: number): boolean {
    if (!isFlownFrame(frame)) return false;
    const { typeMask: mask, positionNed: p } = target;
    let position = masked(mask, IGNORED_X, p.x, p.y, p.z);
    let velocity = masked(mask, IGNORED_V, target.vx, target.vy, target.vz);
    let acceleration = masked(mask, IGNORED_A, target.afx, target.afy, target.afz);
    // A position means nothing in the body's frame: it is dropped.
    if (frame === MavFrame.BODY_NED) position = vector3(UNSET, UNSET, UNSET);
    if (!anyFinite(position) && !anyFinite(velocity) && !anyFinite(acceleration)) return false;
    if (frame === MavFrame.BODY_NED) {
      const yaw = yawOf(motion.attitude);
      velocity = nedFromLevelBody(velocity, yaw);
      acceleration = nedFromLevelBody(acceleration, yaw);
    }
    copyVector(position, this.setpoint.positionNed);
    copyVector(velocity, this.setpoint.velocityNed);
    copyVector(acceleration, this.setpoint.accelerationNed);
    this.setpoint.attitude = undefined;
    this.setpoint.yawRad = mask & Mask.YAW_IGNORE ? UNSET : target.yaw;
    this.setpoint.yawRateRadps = mask & Mask.YAW_RATE_IGNORE ? UNSET : target.yawRate;
    this.#lastS = timeS;
    return true;
  }

  /**
   * SET_ATTITUDE_TARGET. Without an attitude it commands body rates, of which only the turn may be left
   * out. `false` for one that commands neither, or an attitude that is none.
   */
  acceptAttitude(target: AttitudeTarget, timeS: number): boolean {
    const { typeMask: mask, q } = target;
    const [w = UNSET, x = UNSET, y = UNSET, z = UNSET] = q;
    const length = Math.sqrt(w * w + x * x + y * y + z * z);
    const hasAttitude = (mask & ATTITUDE_IGNORED) === 0;
    if (!hasAttitude && (mask & TILT_RATES_IGNORED) !== 0) return false;
    const yawRate = mask & YAW_RATE_IGNORED ? UNSET : target.bodyYawRate;
    const ratesFrd = vector3(target.bodyRollRate, target.bodyPitchRate, yawRate);
    // Boundless: nothing that a vehicle could do.
    if (!hasAttitude && Math.abs(norm(ratesFrd)) === Number.POSITIVE_INFINITY) return false;
    const ignored = (mask & THRUST_IGNORED) !== 0 || !Number.isFinite(target.thrust);
    if (hasAttitude && !(Math.abs(length - 1) < UNIT_TOLERANCE)) return false;
    const attitude = hasAttitude
      ? { w: w / length, x: x / length, y: y / length, z: z / length }
      : undefined;
    clearSetpoint(this.setpoint);
    this.setpoint.attitude = { attitude, ratesFrd, thrust: ignored ? 0 : target.thrust };
    this.setpoint.yawRateRadps = yawRate;
    this.#lastS = timeS;
    return true;
  }
}
