import type { Random } from '#protocols/random.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { Quadrotor } from '../physics/quadrotor.ts';
import { identityQuaternion, multiplyQuaternions, type Quaternion } from '../rotation.ts';
import { Drift } from './drift.ts';
import { LedEstimate, SensorErrors } from './sensor-errors.ts';

/** Standard deviations and correlation times of the errors; defaults: a calm EKF2 on GNSS. */
export interface EstimateErrors {
  positionM: number;
  altitudeM: number;
  positionCorrelationS: number;
  velocityMps: number;
  attitudeRad: number;
  yawRad: number;
  rateRadps: number;
}

/** Two standard deviations of position are the ±0.5 m seen in recordings of PX4's own simulator. */
export const defaultEstimateErrors: Readonly<EstimateErrors> = {
  positionM: 0.25,
  altitudeM: 0.3,
  positionCorrelationS: 40,
  velocityMps: 0.04,
  attitudeRad: 0.004,
  yawRad: 0.015,
  rateRadps: 0.003,
};

/** Acceleration that an estimator without GNSS imagines, m/s²: while it trusts itself, and after. */
const COASTING_MPS2 = { trusted: 0.04, lost: 0.3 } as const;

/**
 * What PX4's estimator would say: the truth with slowly wandering errors, in a local NED frame whose
 * origin is where the estimator believed to be at boot. The errors move at 50 Hz, the truth at each
 * step.
 */
export class StateEstimate {
  /** The EKF origin in mission NED. */
  readonly originNed: Vector3;
  readonly positionNed: Vector3 = vector3(0, 0, 0);
  readonly velocityNed: Vector3 = vector3(0, 0, 0);
  readonly attitude: Quaternion = identityQuaternion();
  readonly ratesFrd: Vector3 = vector3(0, 0, 0);
  /** Counts {@link StateEstimate.reset}; ODOMETRY.reset_counter is this modulo 256. */
  resetCounter = 0;
  /** What resets have added to the error so far. */
  readonly #offsetNed: Vector3 = vector3(0, 0, 0);
  #offsetYawRad = 0;
  /** Of {@link StateEstimate.track}'s last call: it moves at 50 Hz, that is called at 250. */
  #halfYawRad = 0;
  /** What dead reckoning has added to position and velocity, north and east. */
  readonly #coastNed: Vector3 = vector3(0, 0, 0);
  readonly #coastVelocityNed: Vector3 = vector3(0, 0, 0);
  #coastHeadingRad = 0;
  readonly #truth: Quadrotor;
  readonly #position: readonly [Drift, Drift, Drift];
  readonly #velocity: readonly [Drift, Drift, Drift];
  readonly #rotation: readonly [Drift, Drift, Drift];
  readonly #rates: readonly [Drift, Drift, Drift];
  readonly #error: Quaternion = identityQuaternion();
  readonly #sensors: SensorErrors;
  readonly #led = new LedEstimate();
  /** What the estimate is off by, all causes together: of position and velocity. They move at 50 Hz. */
  readonly #offNed: Vector3 = vector3(0, 0, 0);
  readonly #offMps: Vector3 = vector3(0, 0, 0);
  readonly #offRadps: Vector3 = vector3(0, 0, 0);
  #isSummed = false;

  constructor(
    truth: Quadrotor,
    errors: Readonly<EstimateErrors>,
    random: Random,
    sensors = new SensorErrors(),
  ) {
    this.#truth = truth;
    this.#sensors = sensors;
    const correlationS = errors.positionCorrelationS;
    const drift = (sigma: number, seconds: number): Drift => new Drift(sigma, seconds, random);
    this.#position = [
      drift(errors.positionM, correlationS),
      drift(errors.positionM, correlationS),
      drift(errors.altitudeM, correlationS),
    ];
    this.#velocity = [
      drift(errors.velocityMps, 1),
      drift(errors.velocityMps, 1),
      drift(errors.velocityMps, 1),
    ];
    this.#rotation = [
      drift(errors.attitudeRad, 10),
      drift(errors.attitudeRad, 10),
      drift(errors.yawRad, 60),
    ];
    // A rate error that lives for a few samples: gyro noise after PX4's 30 Hz filter.
    this.#rates = [
      drift(errors.rateRadps, 0.02),
      drift(errors.rateRadps, 0.02),
      drift(errors.rateRadps, 0.02),
    ];
    this.#coastHeadingRad = 2 * Math.PI * random.fork('coast').uniform();
    const { x, y, z } = truth.positionNed;
    this.originNed = vector3(
      x + this.#position[0].value,
      y + this.#position[1].value,
      z + this.#position[2].value,
    );
    this.track();
  }

  /** Lets the errors wander. */
  wander(dtS: number): void {
    this.#isSummed = false;
    for (let axis = 0; axis < 3; axis += 1) {
      this.#position[axis]!.step(dtS);
      this.#velocity[axis]!.step(dtS);
      this.#rotation[axis]!.step(dtS);
      this.#rates[axis]!.step(dtS);
    }
  }

  /**
   * The position jumps by this much in the local frame and the heading by `yawRad`. When the origin
   * moves the place on earth stays what it was; else the estimate is now elsewhere.
   */
  reset(jumpNed: Readonly<Vector3>, yawRad: number, originMoves: boolean): void {
    this.resetCounter += 1;
    const sign = originMoves ? -1 : 1;
    const moved = originMoves ? this.originNed : this.#offsetNed;
    moved.x += sign * jumpNed.x;
    moved.y += sign * jumpNed.y;
    moved.z += sign * jumpNed.z;
    this.#offsetYawRad += yawRad;
    this.#isSummed = false;
    this.track();
  }

  /** Without GNSS: a small imagined acceleration adds up. Height comes from the barometer. */
  coast(dtS: number, trusted: boolean): void {
    this.#isSummed = false;
    this.#led.coast();
    const step = dtS * (trusted ? COASTING_MPS2.trusted : COASTING_MPS2.lost);
    const v = this.#coastVelocityNed;
    v.x += step * Math.cos(this.#coastHeadingRad);
    v.y += step * Math.sin(this.#coastHeadingRad);
    this.#coastNed.x += v.x * dtS;
    this.#coastNed.y += v.y * dtS;
  }

  /** GNSS does not say what the estimate does, and is refused. */
  get rejectsGnss(): boolean {
    return this.#led.rejects;
  }

  /**
   * With GNSS. When it is back what was imagined is dropped, which is a reset. Returns the jump when the
   * estimator has given in to a fix that it refused before.
   */
  aid(dtS: number): Vector3 | undefined {
    this.#isSummed = false;
    const jump = this.#led.follow(dtS, this.#sensors.lie);
    if (jump !== undefined) this.resetCounter += 1;
    this.#dropImagined();
    return jump;
  }

  #dropImagined(): void {
    const v = this.#coastVelocityNed;
    if (v.x === 0 && v.y === 0) return;
    Object.assign(v, vector3(0, 0, 0));
    Object.assign(this.#coastNed, vector3(0, 0, 0));
    this.resetCounter += 1;
  }

  /** Takes over the truth of this moment with the errors on top, a sensor's as they were at most 20 ms ago. */
  track(): void {
    if (!this.#isSummed) this.#sum();
    const { positionNed: p, velocityNed: v, ratesFrd: w, attitude } = this.#truth;
    const off = this.#offNed;
    const offMps = this.#offMps;
    const offRadps = this.#offRadps;
    this.positionNed.x = p.x + off.x;
    this.positionNed.y = p.y + off.y;
    this.positionNed.z = p.z + off.z;
    this.velocityNed.x = v.x + offMps.x;
    this.velocityNed.y = v.y + offMps.y;
    this.velocityNed.z = v.z + offMps.z;
    this.ratesFrd.x = w.x + offRadps.x;
    this.ratesFrd.y = w.y + offRadps.y;
    this.ratesFrd.z = w.z + offRadps.z;
    multiplyQuaternions(attitude, this.#error, this.attitude);
  }

  #sum(): void {
    this.#isSummed = true;
    const offset = this.#offsetNed;
    const coast = this.#coastNed;
    const { positionNed: led, velocityNed: ledMps } = this.#led;
    const { total: wrong } = this.#sensors;
    const [north, east, down] = this.#position;
    const off = this.#offNed;
    off.x = north.value + offset.x + coast.x + led.x - this.originNed.x;
    off.y = east.value + offset.y + coast.y + led.y - this.originNed.y;
    off.z = down.value + offset.z + led.z + wrong.downM - this.originNed.z;
    const coastMps = this.#coastVelocityNed;
    const [northMps, eastMps, downMps] = this.#velocity;
    const offMps = this.#offMps;
    offMps.x = northMps.value + coastMps.x + ledMps.x + wrong.northMps;
    offMps.y = eastMps.value + coastMps.y + ledMps.y + wrong.eastMps;
    offMps.z = downMps.value + ledMps.z + wrong.downMps;
    this.#offRadps.x = this.#rates[0].value;
    this.#offRadps.y = this.#rates[1].value;
    this.#offRadps.z = this.#rates[2].value;
    // Small angles: half of each is the vector part. The heading's may be large after a reset.
    const halfYawRad = (this.#rotation[2].value + this.#offsetYawRad + wrong.yawRad) / 2;
    if (halfYawRad !== this.#halfYawRad) {
      this.#halfYawRad = halfYawRad;
      this.#error.w = Math.cos(halfYawRad);
      this.#error.z = Math.sin(halfYawRad);
    }
    this.#error.x = this.#rotation[0].value / 2;
    this.#error.y = this.#rotation[1].value / 2;
  }
}
