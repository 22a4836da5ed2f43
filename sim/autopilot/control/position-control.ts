import { clamp, GRAVITY_MPS2 } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { ControlGains } from './control-gains.ts';
import type { FlightSetpoint } from './flight-setpoint.ts';

/** Share of full thrust that lift may take when sideways thrust is wanted too: √(1 − 0.3²), MPC_THR_XY_MARG. */
const LIFT_SHARE_MAX = 0.954;

const finiteOr = (value: number, otherwise: number): number =>
  Number.isFinite(value) ? value : otherwise;

const accelerationAlone = (setpoint: Readonly<FlightSetpoint>, axis: 'x' | 'y' | 'z'): boolean =>
  Number.isFinite(setpoint.accelerationNed[axis]) &&
  !Number.isFinite(setpoint.velocityNed[axis]) &&
  !Number.isFinite(setpoint.positionNed[axis]);

/**
 * PX4's multicopter position and velocity controller (docs.px4.io, "Controller diagrams"): position
 * error → velocity by P, velocity error → acceleration by PID, acceleration → direction and amount of
 * thrust under the tilt limit. Vertical thrust goes before horizontal. Runs at 50 Hz, writes in place.
 */
export class PositionControl {
  /** Direction of the thrust's opposite (body down) that is wanted, NED unit vector. */
  readonly bodyDownNed: Vector3 = vector3(0, 0, 1);
  /** Collective thrust wanted, 0..1. */
  thrust = 0;
  /** Velocity that the setpoint came to after limits, NED. */
  readonly velocitySetpointNed: Vector3 = vector3(0, 0, 0);
  readonly accelerationSetpointNed: Vector3 = vector3(0, 0, 0);
  readonly #integralNed: Vector3 = vector3(0, 0, 0);
  readonly #lastVelocityNed: Vector3 = vector3(0, 0, 0);
  readonly #velocityRateNed: Vector3 = vector3(0, 0, 0);
  /** Axes on which acceleration alone is commanded: velocity is left free there. */
  readonly #free = { x: false, y: false, z: false };
  #fresh = true;

  /** Forgets the integral and the derivative: on the ground, and before take-off. */
  reset(): void {
    this.#integralNed.x = 0;
    this.#integralNed.y = 0;
    this.#integralNed.z = 0;
    this.#fresh = true;
  }

  /**
   * Keeps the thrust steady while the estimate of hover thrust moves from `before` to `after`: the
   * integral takes up the difference.
   */
  shiftHoverThrust(before: number, after: number): void {
    const target = this.accelerationSetpointNed.z;
    this.#integralNed.z += ((target - GRAVITY_MPS2) * before) / after + GRAVITY_MPS2 - target;
  }

  step(
    dtS: number,
    setpoint: Readonly<FlightSetpoint>,
    positionNed: Readonly<Vector3>,
    velocityNed: Readonly<Vector3>,
    hoverThrust: number,
    gains: Readonly<ControlGains>,
    leastThrust: number,
  ): void {
    this.#differentiate(dtS, velocityNed, gains.velocityDerivativeHz);
    this.#wantVelocity(setpoint, positionNed, gains);
    this.#wantAcceleration(setpoint, velocityNed, gains);
    const wantedThrust = this.#wantThrust(hoverThrust, gains, leastThrust);
    this.#integrate(dtS, velocityNed, wantedThrust > leastThrust, hoverThrust, gains);
  }

  #differentiate(dtS: number, velocityNed: Readonly<Vector3>, cutoffHz: number): void {
    const last = this.#lastVelocityNed;
    const rate = this.#velocityRateNed;
    const share = this.#fresh ? 0 : 1 - Math.exp(-2 * Math.PI * cutoffHz * dtS);
    if (this.#fresh) {
      rate.x = 0;
      rate.y = 0;
      rate.z = 0;
    }
    rate.x += share * ((velocityNed.x - last.x) / dtS - rate.x);
    rate.y += share * ((velocityNed.y - last.y) / dtS - rate.y);
    rate.z += share * ((velocityNed.z - last.z) / dtS - rate.z);
    last.x = velocityNed.x;
    last.y = velocityNed.y;
    last.z = velocityNed.z;
    this.#fresh = false;
  }

  #wantVelocity(
    setpoint: Readonly<FlightSetpoint>,
    positionNed: Readonly<Vector3>,
    gains: Readonly<ControlGains>,
  ): void {
    const toX = finiteOr(gains.positionP * (setpoint.positionNed.x - positionNed.x), 0);
    const toY = finiteOr(gains.positionP * (setpoint.positionNed.y - positionNed.y), 0);
    const toZ = finiteOr(gains.altitudeP * (setpoint.positionNed.z - positionNed.z), 0);
    const v = this.velocitySetpointNed;
    v.x = toX + finiteOr(setpoint.velocityNed.x, 0);
    v.y = toY + finiteOr(setpoint.velocityNed.y, 0);
    v.z = toZ + finiteOr(setpoint.velocityNed.z, 0);
    const speed = Math.sqrt(v.x * v.x + v.y * v.y);
    if (speed > gains.horizontalSpeedMax) {
      v.x *= gains.horizontalSpeedMax / speed;
      v.y *= gains.horizontalSpeedMax / speed;
    }
    v.z = clamp(v.z, -Math.min(gains.climbSpeedMax, setpoint.climbLimitMps), gains.descentSpeedMax);
  }

  #wantAcceleration(
    setpoint: Readonly<FlightSetpoint>,
    velocityNed: Readonly<Vector3>,
    gains: Readonly<ControlGains>,
  ): void {
    const wanted = this.velocitySetpointNed;
    const rate = this.#velocityRateNed;
    const integral = this.#integralNed;
    const a = this.accelerationSetpointNed;
    const { velocityP, velocityD, climbP, climbD } = gains;
    const free = this.#free;
    free.x = accelerationAlone(setpoint, 'x');
    free.y = accelerationAlone(setpoint, 'y');
    free.z = accelerationAlone(setpoint, 'z');
    const x = velocityP * (wanted.x - velocityNed.x) + integral.x - velocityD * rate.x;
    const y = velocityP * (wanted.y - velocityNed.y) + integral.y - velocityD * rate.y;
    const z = climbP * (wanted.z - velocityNed.z) + integral.z - climbD * rate.z;
    a.x = (free.x ? 0 : x) + finiteOr(setpoint.accelerationNed.x, 0);
    a.y = (free.y ? 0 : y) + finiteOr(setpoint.accelerationNed.y, 0);
    a.z = (free.z ? 0 : z) + finiteOr(setpoint.accelerationNed.z, 0);
  }

  /** Sets direction and amount of thrust; returns the amount wanted before saturation. */
  #wantThrust(hoverThrust: number, gains: Readonly<ControlGains>, leastThrust: number): number {
    const a = this.accelerationSetpointNed;
    const down = this.bodyDownNed;
    // MPC_ACC_DECOUPLE: the tilt that gives this horizontal acceleration while hovering.
    const horizontal = Math.sqrt(a.x * a.x + a.y * a.y);
    const tiltRad = Math.min(Math.atan2(horizontal, GRAVITY_MPS2), gains.tiltMaxRad);
    const side = horizontal > 1e-6 ? Math.sin(tiltRad) / horizontal : 0;
    down.x = -a.x * side;
    down.y = -a.y * side;
    down.z = Math.cos(tiltRad);
    const lift = hoverThrust - (a.z * hoverThrust) / GRAVITY_MPS2;
    const wanted = lift / Math.max(0.3, down.z);
    if (wanted <= gains.thrustMax) {
      this.thrust = Math.max(wanted, leastThrust);
      return wanted;
    }
    // Too little thrust for both: keep the lift, give the rest to the horizontal.
    this.thrust = gains.thrustMax;
    const keptLift = Math.min(lift, gains.thrustMax * LIFT_SHARE_MAX);
    const cos = Math.max(keptLift / gains.thrustMax, down.z);
    const sin = Math.sqrt(Math.max(0, 1 - cos * cos));
    down.x = horizontal > 1e-6 ? (-a.x / horizontal) * sin : 0;
    down.y = horizontal > 1e-6 ? (-a.y / horizontal) * sin : 0;
    down.z = cos;
    return wanted;
  }

  /** Integrates with anti-windup: not further into saturation, horizontally by back-calculation. */
  #integrate(
    dtS: number,
    velocityNed: Readonly<Vector3>,
    aboveLeast: boolean,
    hoverThrust: number,
    gains: Readonly<ControlGains>,
  ): void {
    const wanted = this.velocitySetpointNed;
    const a = this.accelerationSetpointNed;
    const integral = this.#integralNed;
    const produced = (this.thrust * GRAVITY_MPS2) / hoverThrust;
    const producedX = -this.bodyDownNed.x * produced;
    const producedY = -this.bodyDownNed.y * produced;
    let errorX = wanted.x - velocityNed.x;
    let errorY = wanted.y - velocityNed.y;
    let errorZ = wanted.z - velocityNed.z;
    if (a.x * a.x + a.y * a.y > producedX * producedX + producedY * producedY) {
      const antiWindup = 2 / gains.velocityP;
      errorX -= antiWindup * (a.x - producedX);
      errorY -= antiWindup * (a.y - producedY);
    }
    if (this.thrust >= gains.thrustMax && errorZ < 0) errorZ = 0;
    if (!aboveLeast && errorZ > 0) errorZ = 0;
    if (!this.#free.x) integral.x += dtS * gains.velocityI * errorX;
    if (!this.#free.y) integral.y += dtS * gains.velocityI * errorY;
    if (this.#free.z) return;
    integral.z = clamp(integral.z + dtS * gains.climbI * errorZ, -GRAVITY_MPS2, GRAVITY_MPS2);
  }
}
