import { GRAVITY_MPS2 } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import {
  bodyDownInNed,
  identityQuaternion,
  integrateRates,
  quaternionFromEuler,
  yawOf,
  type Quaternion,
} from '../rotation.ts';
import type { VehicleParameters } from './vehicle-parameters.ts';

/**
 * A rigid quadrotor in X: motors 1 front right and 2 rear left turn counter-clockwise, 3 front left
 * and 4 rear right clockwise (PX4's numbering). Frames: mission NED with flat ground at down = 0, FRD
 * body. Semi-implicit Euler; the caller steps at 250 Hz.
 */
export class Quadrotor {
  readonly parameters: Readonly<VehicleParameters>;
  readonly positionNed: Vector3;
  readonly velocityNed: Vector3 = vector3(0, 0, 0);
  /** Kinematic acceleration of the last step, m/s²: gravity included, zero at rest. */
  readonly accelerationNed: Vector3 = vector3(0, 0, 0);
  readonly attitude: Quaternion = identityQuaternion();
  readonly ratesFrd: Vector3 = vector3(0, 0, 0);
  /** Thrust of motors 1–4, N. */
  readonly motorThrustN = new Float64Array(4);
  /** Share of its thrust that each motor still gives, 0..1. */
  readonly motorHealth = new Float64Array(4).fill(1);
  /** The airframe's, and what it has taken up or let fall since, kg. */
  massKg: number;
  onGround = true;
  /** Downward speed at the hardest contact with the ground so far, m/s: a landing is followed by small hops. */
  touchdownSpeedMps = 0;
  readonly #down: Vector3 = vector3(0, 0, 1);

  constructor(parameters: Readonly<VehicleParameters>, northM: number, eastM: number, yawRad = 0) {
    this.parameters = parameters;
    this.massKg = parameters.massKg;
    this.positionNed = vector3(northM, eastM, 0);
    quaternionFromEuler(0, 0, yawRad, this.attitude);
  }

  heightM(): number {
    return 0 - this.positionNed.z;
  }

  totalThrustN(): number {
    const t = this.motorThrustN;
    return t[0]! + t[1]! + t[2]! + t[3]!;
  }

  /**
   * @param throttle commands of motors 1–4 in 0..1.
   * @param windNed velocity of the air, m/s.
   * @param thrustScale what the battery's voltage leaves of full thrust, about 0.8..1.1.
   */
  step(dtS: number, throttle: Float64Array, windNed: Readonly<Vector3>, thrustScale: number): void {
    this.#spinMotors(dtS, throttle, thrustScale);
    this.#accelerate(windNed);
    if (this.onGround && this.accelerationNed.z >= 0) {
      this.#rest();
      return;
    }
    this.onGround = false;
    this.#rotate(dtS);
    this.#translate(dtS);
  }

  #spinMotors(dtS: number, throttle: Float64Array, thrustScale: number): void {
    const share = Math.min(1, dtS / this.parameters.motorTimeConstantS);
    const fullN = this.parameters.maxMotorThrustN * thrustScale;
    const thrust = this.motorThrustN;
    for (let motor = 0; motor < 4; motor += 1) {
      const command = throttle[motor]!;
      // A controller gone mad may ask for NaN: motors then stop, and the world stays finite.
      const target = command > 0 ? Math.min(command, 1) * fullN * this.motorHealth[motor]! : 0;
      thrust[motor] = thrust[motor]! + share * (target - thrust[motor]!);
    }
  }

  #accelerate(windNed: Readonly<Vector3>): void {
    const { linearDragNPerMps, quadraticDragNPerMps2 } = this.parameters;
    const { massKg } = this;
    const airX = this.velocityNed.x - windNed.x;
    const airY = this.velocityNed.y - windNed.y;
    const airZ = this.velocityNed.z - windNed.z;
    const airspeed = Math.sqrt(airX * airX + airY * airY + airZ * airZ);
    const drag = (linearDragNPerMps + quadraticDragNPerMps2 * airspeed) / massKg;
    const lift = this.totalThrustN() / massKg;
    bodyDownInNed(this.attitude, this.#down);
    const a = this.accelerationNed;
    a.x = -lift * this.#down.x - drag * airX;
    a.y = -lift * this.#down.y - drag * airY;
    a.z = GRAVITY_MPS2 - lift * this.#down.z - drag * airZ;
  }

  #rotate(dtS: number): void {
    const p = this.parameters;
    const t = this.motorThrustN;
    const w = this.ratesFrd;
    const damping = p.angularDragNmPerRadps;
    const torquePerThrustM = p.maxMotorTorqueNm / p.maxMotorThrustN;
    const rollNm = p.rollArmM * (-t[0]! + t[1]! + t[2]! - t[3]!) - damping * w.x;
    const pitchNm = p.pitchArmM * (t[0]! - t[1]! + t[2]! - t[3]!) - damping * w.y;
    const yawNm = torquePerThrustM * (t[0]! + t[1]! - t[2]! - t[3]!) - damping * w.z;
    // Euler's equations about the principal axes: I·ω̇ = τ − ω × I·ω.
    const gyroX = (p.inertiaYyKgM2 - p.inertiaZzKgM2) * w.y * w.z;
    const gyroY = (p.inertiaZzKgM2 - p.inertiaXxKgM2) * w.z * w.x;
    const gyroZ = (p.inertiaXxKgM2 - p.inertiaYyKgM2) * w.x * w.y;
    w.x += (dtS * (rollNm + gyroX)) / p.inertiaXxKgM2;
    w.y += (dtS * (pitchNm + gyroY)) / p.inertiaYyKgM2;
    w.z += (dtS * (yawNm + gyroZ)) / p.inertiaZzKgM2;
    integrateRates(this.attitude, w, dtS);
  }

  #translate(dtS: number): void {
    const { positionNed: p, velocityNed: v, accelerationNed: a } = this;
    v.x += a.x * dtS;
    v.y += a.y * dtS;
    v.z += a.z * dtS;
    p.x += v.x * dtS;
    p.y += v.y * dtS;
    p.z += v.z * dtS;
    if (p.z >= 0 && v.z >= 0) {
      this.touchdownSpeedMps = Math.max(this.touchdownSpeedMps, v.z);
      this.#rest();
    }
  }

  /** The gear holds: no sliding, no bouncing, level, the heading kept (as SIH does). */
  #rest(): void {
    if (!this.onGround) quaternionFromEuler(0, 0, yawOf(this.attitude), this.attitude);
    this.onGround = true;
    this.positionNed.z = 0;
    this.velocityNed.x = 0;
    this.velocityNed.y = 0;
    this.velocityNed.z = 0;
    this.ratesFrd.x = 0;
    this.ratesFrd.y = 0;
    this.ratesFrd.z = 0;
    this.accelerationNed.x = 0;
    this.accelerationNed.y = 0;
    this.accelerationNed.z = 0;
  }
}
