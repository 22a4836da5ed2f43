import { clamp, radiansFromDegrees } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { ControlGains } from './control-gains.ts';
import { LowPass2 } from './low-pass.ts';

/** A rate error this large stops the integral altogether: it would wind up in a flip. */
const INTEGRAL_ERROR_RADPS = radiansFromDegrees(400);

/** One axis: PID on the measured rate, whose derivative is filtered once more. */
class RateAxis {
  torque = 0;
  /** What the motors could not give of the last torque: no integration further that way. */
  lost = 0;
  #integral = 0;
  #last = Number.NaN;
  #derivative = 0;
  readonly #filter = new LowPass2();

  reset(): void {
    this.#integral = 0;
    this.lost = 0;
  }

  step(
    dtS: number,
    setpointRadps: number,
    measuredRadps: number,
    p: number,
    i: number,
    d: number,
    limit: number,
    gains: Readonly<ControlGains>,
  ): void {
    const rate = this.#filter.step(measuredRadps, dtS, gains.gyroCutoffHz);
    const turn = 2 * Math.PI * gains.gyroDerivativeHz * dtS;
    if (Number.isNaN(this.#last)) this.#last = rate;
    this.#derivative += (turn / (1 + turn)) * ((rate - this.#last) / dtS - this.#derivative);
    this.#last = rate;
    let error = setpointRadps - rate;
    this.torque = p * error + this.#integral - d * this.#derivative;
    if (this.lost > 1e-6) error = Math.min(error, 0);
    else if (this.lost < -1e-6) error = Math.max(error, 0);
    const share = error / INTEGRAL_ERROR_RADPS;
    const slowed = Math.max(0, 1 - share * share);
    this.#integral = clamp(this.#integral + slowed * i * error * dtS, -limit, limit);
  }
}

/**
 * PX4's body-rate PID (docs.px4.io, "Controller diagrams"): rates filtered by a second-order low-pass,
 * normalised torques about FRD x, y, z out, the integrals held back where the motors are at their limits.
 */
export class RateControl {
  readonly torque: Vector3 = vector3(0, 0, 0);
  readonly #roll = new RateAxis();
  readonly #pitch = new RateAxis();
  readonly #yaw = new RateAxis();
  #yawTorque = 0;

  reset(): void {
    this.#roll.reset();
    this.#pitch.reset();
    this.#yaw.reset();
    this.#yawTorque = 0;
  }

  /** What the mixer could not give of {@link RateControl.torque}. */
  lose(lost: Readonly<Vector3>): void {
    this.#roll.lost = lost.x;
    this.#pitch.lost = lost.y;
    this.#yaw.lost = lost.z;
  }

  step(
    dtS: number,
    setpointFrd: Readonly<Vector3>,
    ratesFrd: Readonly<Vector3>,
    gains: Readonly<ControlGains>,
  ): void {
    const { rollRateP, rollRateI, rollRateD, yawRateP, yawRateI, rateIntegralMax: limit } = gains;
    this.#roll.step(dtS, setpointFrd.x, ratesFrd.x, rollRateP, rollRateI, rollRateD, limit, gains);
    this.#pitch.step(dtS, setpointFrd.y, ratesFrd.y, rollRateP, rollRateI, rollRateD, limit, gains);
    this.#yaw.step(dtS, setpointFrd.z, ratesFrd.z, yawRateP, yawRateI, 0, limit, gains);
    this.torque.x = this.#roll.torque;
    this.torque.y = this.#pitch.torque;
    this.torque.z = this.#smoothYaw(dtS, gains.yawTorqueCutoffHz);
  }

  /** v1.18 spares the motors the noise of yaw (MC_YAW_TQ_CUTOFF); 0 is off. */
  #smoothYaw(dtS: number, cutoffHz: number): number {
    if (cutoffHz <= 0) return this.#yaw.torque;
    const turn = 2 * Math.PI * cutoffHz * dtS;
    this.#yawTorque += (turn / (1 + turn)) * (this.#yaw.torque - this.#yawTorque);
    return this.#yawTorque;
  }
}
