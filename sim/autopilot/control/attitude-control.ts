import { clamp, wrapPi } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import {
  bodyDownInNed,
  identityQuaternion,
  relativeQuaternion,
  yawOf,
  type Quaternion,
} from '../../rotation.ts';
import type { ControlGains } from './control-gains.ts';

/**
 * PX4's attitude controller (Brescianini, Hehn, D'Andrea, "Nonlinear quadrocopter attitude control",
 * 2013): the error is split into a tilt, corrected first, and a turn about the thrust axis.
 * Output: body rates wanted, rad/s. Writes in place.
 */
export class AttitudeControl {
  readonly ratesSetpointFrd: Vector3 = vector3(0, 0, 0);
  readonly attitudeSetpoint: Quaternion = identityQuaternion();
  readonly #error: Quaternion = identityQuaternion();
  readonly #down: Vector3 = vector3(0, 0, 1);

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

  step(attitude: Readonly<Quaternion>, yawRateRadps: number, gains: Readonly<ControlGains>): void {
    relativeQuaternion(attitude, this.attitudeSetpoint, this.#error);
    const e = this.#error;
    // Swing–twist: e = swing ⊗ twist with the twist about body z.
    const length = Math.sqrt(e.w * e.w + e.z * e.z);
    const twistW = length > 1e-6 ? e.w / length : 1;
    const twistZ = length > 1e-6 ? e.z / length : 0;
    const swingX = e.x * twistW - e.y * twistZ;
    const swingY = e.y * twistW + e.x * twistZ;
    const turnRad = wrapPi(2 * Math.atan2(twistZ, twistW));
    bodyDownInNed(attitude, this.#down);
    const rates = this.ratesSetpointFrd;
    // A yaw rate is commanded about the vertical; its share on each body axis is that of NED down.
    const pitchSine = -2 * (attitude.w * attitude.y - attitude.z * attitude.x);
    const rollShare = 2 * (attitude.y * attitude.z + attitude.w * attitude.x);
    const feed = Number.isFinite(yawRateRadps) ? yawRateRadps : 0;
    rates.x = 2 * gains.rollP * swingX + pitchSine * feed;
    rates.y = 2 * gains.pitchP * swingY + rollShare * feed;
    rates.z = gains.yawP * turnRad + this.#down.z * feed;
    rates.x = clamp(rates.x, -gains.rollRateMaxRadps, gains.rollRateMaxRadps);
    rates.y = clamp(rates.y, -gains.rollRateMaxRadps, gains.rollRateMaxRadps);
    rates.z = clamp(rates.z, -gains.yawRateMaxRadps, gains.yawRateMaxRadps);
  }

  /** Heading that the setpoint holds, rad. */
  yawSetpointRad(): number {
    return yawOf(this.attitudeSetpoint);
  }
}
