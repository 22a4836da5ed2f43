import { clamp } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { ControlGains } from './control-gains.ts';

/** MC_RR_INT_LIM and its siblings. */
const INTEGRAL_LIMIT = 0.3;

/** PX4's body-rate PID: normalised torques −1..1 about FRD x, y, z; derivative on the measured rate. */
export class RateControl {
  readonly torque: Vector3 = vector3(0, 0, 0);
  readonly #integral: Vector3 = vector3(0, 0, 0);
  readonly #last: Vector3 = vector3(0, 0, 0);
  readonly #derivative: Vector3 = vector3(0, 0, 0);

  reset(): void {
    this.#integral.x = 0;
    this.#integral.y = 0;
    this.#integral.z = 0;
  }

  step(
    dtS: number,
    setpointFrd: Readonly<Vector3>,
    ratesFrd: Readonly<Vector3>,
    gains: Readonly<ControlGains>,
  ): void {
    const errorX = setpointFrd.x - ratesFrd.x;
    const errorY = setpointFrd.y - ratesFrd.y;
    const errorZ = setpointFrd.z - ratesFrd.z;
    const d = this.#derivative;
    // Low-passed at about 20 Hz, or the derivative is noise (IMU_DGYRO_CUTOFF).
    const share = Math.min(1, dtS / 0.008);
    d.x += share * ((ratesFrd.x - this.#last.x) / dtS - d.x);
    d.y += share * ((ratesFrd.y - this.#last.y) / dtS - d.y);
    this.#last.x = ratesFrd.x;
    this.#last.y = ratesFrd.y;
    const i = this.#integral;
    const { rollRateP, rollRateI, rollRateD, yawRateP, yawRateI } = gains;
    this.torque.x = clamp(rollRateP * errorX + i.x - rollRateD * d.x, -1, 1);
    this.torque.y = clamp(rollRateP * errorY + i.y - rollRateD * d.y, -1, 1);
    this.torque.z = clamp(yawRateP * errorZ + i.z, -1, 1);
    i.x = clamp(i.x + dtS * rollRateI * errorX, -INTEGRAL_LIMIT, INTEGRAL_LIMIT);
    i.y = clamp(i.y + dtS * rollRateI * errorY, -INTEGRAL_LIMIT, INTEGRAL_LIMIT);
    i.z = clamp(i.z + dtS * yawRateI * errorZ, -INTEGRAL_LIMIT, INTEGRAL_LIMIT);
  }
}
