import { vector3, type Vector3 } from '#protocols/vector.ts';
import {
  identityQuaternion,
  integrateRates,
  relativeQuaternion,
  type Quaternion,
} from '../../rotation.ts';

/** The model is stepped at least this often within one of our steps, or it would ring. */
const STEP_MAX_RAD = 0.25;

/**
 * v1.18's smoothing of attitude setpoints: a critically damped second-order model that the attitude
 * controller follows in their place (docs.px4.io, "Controller diagrams"; MC_REF_W_N is its bandwidth).
 */
export class AttitudeReference {
  readonly attitude: Quaternion = identityQuaternion();
  /** The model's body rates, FRD. */
  readonly ratesFrd: Vector3 = vector3(0, 0, 0);
  readonly #error: Quaternion = identityQuaternion();
  #fresh = true;

  /** Begins anew at the next setpoint: on the ground. */
  reset(): void {
    this.#fresh = true;
  }

  /** @param turnFrd body rates at which the setpoint itself turns: the model does not lag behind them. */
  step(
    dtS: number,
    setpoint: Readonly<Quaternion>,
    turnFrd: Readonly<Vector3>,
    bandwidthRadps: number,
  ): void {
    if (this.#fresh) {
      Object.assign(this.attitude, setpoint);
      this.ratesFrd.x = 0;
      this.ratesFrd.y = 0;
      this.ratesFrd.z = 0;
      this.#fresh = false;
      return;
    }
    const parts = Math.max(1, Math.ceil((bandwidthRadps * dtS) / STEP_MAX_RAD));
    for (let part = 0; part < parts; part += 1) {
      this.#move(dtS / parts, setpoint, turnFrd, bandwidthRadps);
    }
  }

  #move(
    dtS: number,
    setpoint: Readonly<Quaternion>,
    turnFrd: Readonly<Vector3>,
    bandwidthRadps: number,
  ): void {
    relativeQuaternion(this.attitude, setpoint, this.#error);
    const e = this.#error;
    const sine = Math.sqrt(e.x * e.x + e.y * e.y + e.z * e.z);
    const angleRad = 2 * Math.atan2(sine, Math.abs(e.w));
    const perAxis = sine > 1e-9 ? (Math.sign(e.w) * angleRad) / sine : 0;
    const spring = bandwidthRadps * bandwidthRadps * perAxis * dtS;
    const damping = 2 * bandwidthRadps * dtS;
    const w = this.ratesFrd;
    w.x += spring * e.x - damping * (w.x - turnFrd.x);
    w.y += spring * e.y - damping * (w.y - turnFrd.y);
    w.z += spring * e.z - damping * (w.z - turnFrd.z);
    integrateRates(this.attitude, w, dtS);
  }
}
