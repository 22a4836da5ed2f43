import { clamp } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { identityQuaternion, relativeQuaternion, yawOf, type Quaternion } from '../../rotation.ts';
import { AttitudeReference } from './attitude-reference.ts';
import type { ControlGains } from './control-gains.ts';

/**
 * PX4's attitude controller (Brescianini, Hehn, D'Andrea, "Nonlinear quadrocopter attitude control",
 * 2013): the error is split into a tilt, corrected first, and a turn about the thrust axis.
 * Output: body rates wanted, rad/s. Writes in place.
 */
export class AttitudeControl {
  readonly ratesSetpointFrd: Vector3 = vector3(0, 0, 0);
  readonly attitudeSetpoint: Quaternion = identityQuaternion();
  readonly #reference = new AttitudeReference();
  readonly #error: Quaternion = identityQuaternion();
  readonly #turnFrd: Vector3 = vector3(0, 0, 0);

  /** Attitude whose down axis is `bodyDownNed` and whose heading is `yawRad`. */
  aim(bodyDownNed: Readonly<Vector3>, yawRad: number): void {
    // Tilt from level by the shortest way, after a turn to the heading: q = tilt ⊗ heading.
    const { x, y, z } = bodyDownNed;
    const tiltW = Math.sqrt(Math.max(0, (1 + z) / 2));
    const scale = tiltW > 1e-6 ? 1 / (2 * tiltW) : 0;
    const tiltX = -y * scale;
    const tiltY = x * scale;
    const half = this.#headingFor(bodyDownNed, yawRad) / 2;
    const cos = Math.cos(half);
    const sin = Math.sin(half);
    const q = this.attitudeSetpoint;
    q.w = tiltW * cos;
    q.x = tiltX * cos + tiltY * sin;
    q.y = tiltY * cos - tiltX * sin;
    q.z = tiltW * sin;
  }

  /**
   * Turn before the tilt such that the body's x axis, seen from above, points along `yawRad` after it:
   * the Euler yaw of the result, not only the turn, is what a setpoint commands.
   */
  #headingFor(bodyDownNed: Readonly<Vector3>, yawRad: number): number {
    const { x, y, z } = bodyDownNed;
    // Body x for Euler yaw ψ lies in the vertical plane of ψ: (c, s, −(c·x + s·y)/z), normalised.
    const c = Math.cos(yawRad);
    const s = Math.sin(yawRad);
    const slope = -(c * x + s * y) / Math.max(0.1, z);
    const length = Math.sqrt(1 + slope * slope);
    const ax = c / length;
    const ay = s / length;
    const az = slope / length;
    // Undo the tilt: its transpose applied to that axis.
    const k = 1 / (1 + z);
    const backX = (1 - k * x * x) * ax - k * x * y * ay - x * az;
    const backY = -k * x * y * ax + (1 - k * y * y) * ay - y * az;
    return Math.atan2(backY, backX);
  }

  /** Forgets what was followed: on the ground. */
  reset(): void {
    this.#reference.reset();
  }

  step(
    dtS: number,
    attitude: Readonly<Quaternion>,
    yawRateRadps: number,
    gains: Readonly<ControlGains>,
  ): void {
    this.#turnBy(attitude, yawRateRadps);
    const turn = this.#turnFrd;
    const smooth = gains.referenceBandwidth > 0;
    if (smooth) this.#reference.step(dtS, this.attitudeSetpoint, turn, gains.referenceBandwidth);
    const wanted = smooth ? this.#reference.attitude : this.attitudeSetpoint;
    relativeQuaternion(attitude, wanted, this.#error);
    const e = this.#error;
    // Swing–twist: e = swing ⊗ twist with the twist about body z.
    const length = Math.sqrt(e.w * e.w + e.z * e.z);
    const twistW = length > 1e-6 ? e.w / length : 1;
    const twistZ = length > 1e-6 ? e.z / length : 0;
    const swingX = e.x * twistW - e.y * twistZ;
    const swingY = e.y * twistW + e.x * twistZ;
    // Only a share of the twist goes into the error (MC_YAW_WEIGHT): tilt comes first.
    const sign = twistW < 0 ? -1 : 1;
    const { yawWeight } = gains;
    const mixedW = Math.cos(yawWeight * Math.acos(Math.min(1, sign * twistW)));
    const mixedZ = Math.sin(yawWeight * Math.asin(clamp(sign * twistZ, -1, 1)));
    const swingW = length;
    const rates = this.ratesSetpointFrd;
    rates.x = 2 * gains.rollP * (swingX * mixedW + swingY * mixedZ) + turn.x;
    rates.y = 2 * gains.pitchP * (swingY * mixedW - swingX * mixedZ) + turn.y;
    rates.z = (2 * gains.yawP * swingW * mixedZ) / Math.max(0.01, yawWeight) + turn.z;
    if (smooth && gains.referenceFeedForward > 0) this.#feedForward(gains);
    rates.x = clamp(rates.x, -gains.rollRateMaxRadps, gains.rollRateMaxRadps);
    rates.y = clamp(rates.y, -gains.rollRateMaxRadps, gains.rollRateMaxRadps);
    rates.z = clamp(rates.z, -gains.yawRateMaxRadps, gains.yawRateMaxRadps);
  }

  /** Body rates instead of an attitude; an axis without one keeps its rate. */
  turnAt(
    ratesFrd: Readonly<Vector3>,
    attitude: Readonly<Quaternion>,
    presentFrd: Readonly<Vector3>,
  ): void {
    const rates = this.ratesSetpointFrd;
    rates.x = Number.isNaN(ratesFrd.x) ? presentFrd.x : ratesFrd.x;
    rates.y = Number.isNaN(ratesFrd.y) ? presentFrd.y : ratesFrd.y;
    rates.z = Number.isNaN(ratesFrd.z) ? presentFrd.z : ratesFrd.z;
    Object.assign(this.attitudeSetpoint, attitude);
    this.#reference.reset();
  }

  /** A yaw rate is commanded about the vertical; its share on each body axis is that of NED down. */
  #turnBy(attitude: Readonly<Quaternion>, yawRateRadps: number): void {
    const rate = Number.isFinite(yawRateRadps) ? yawRateRadps : 0;
    const { w, x, y, z } = attitude;
    this.#turnFrd.x = -2 * (w * y - z * x) * rate;
    this.#turnFrd.y = 2 * (y * z + w * x) * rate;
    this.#turnFrd.z = (1 - 2 * (x * x + y * y)) * rate;
  }

  #feedForward(gains: Readonly<ControlGains>): void {
    const limit = gains.referenceRateMaxRadps;
    const share = gains.referenceFeedForward;
    const rates = this.ratesSetpointFrd;
    const model = this.#reference.ratesFrd;
    rates.x += clamp(share * model.x, -limit, limit);
    rates.y += clamp(share * model.y, -limit, limit);
    rates.z += clamp(share * model.z, -limit, limit);
  }

  /** Heading that the setpoint holds, rad. */
  yawSetpointRad(): number {
    return yawOf(this.attitudeSetpoint);
  }
}
