import { clamp, GRAVITY_MPS2 } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import type { ControlGains } from './control-gains.ts';
import type { FlightSetpoint } from './flight-setpoint.ts';

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
  readonly #thrustNed: Vector3 = vector3(0, 0, 0);
  #wantedLift = 0;
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
    this.#wantThrust(hoverThrust, gains, leastThrust);
    this.#limitThrust(gains);
    this.#integrate(dtS, velocityNed, hoverThrust, gains, leastThrust);
  }

  #differentiate(dtS: number, velocityNed: Readonly<Vector3>, cutoffHz: number): void {
    const last = this.#lastVelocityNed;
    const rate = this.#velocityRateNed;
    const turn = 2 * Math.PI * cutoffHz * dtS;
    const share = this.#fresh ? 0 : turn / (1 + turn);
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
    v.x = toX;
    v.y = toY;
    v.z = toZ + finiteOr(setpoint.velocityNed.z, 0);
    this.#addWithin(
      finiteOr(setpoint.velocityNed.x, 0),
      finiteOr(setpoint.velocityNed.y, 0),
      gains.horizontalSpeedMax,
    );
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

  /** The way to the position goes first; the feed-forward gets what the speed limit leaves. */
  #addWithin(forwardX: number, forwardY: number, limit: number): void {
    const v = this.velocitySetpointNed;
    const toward = Math.sqrt(v.x * v.x + v.y * v.y);
    if (toward > limit) {
      v.x *= limit / toward;
      v.y *= limit / toward;
      return;
    }
    const sumX = v.x + forwardX;
    const sumY = v.y + forwardY;
    let share = 1;
    const forward2 = forwardX * forwardX + forwardY * forwardY;
    if (sumX * sumX + sumY * sumY > limit * limit && forward2 > 0) {
      // |v + share · forward| = limit
      const along = v.x * forwardX + v.y * forwardY;
      const rest = limit * limit - toward * toward;
      share = (Math.sqrt(along * along + forward2 * rest) - along) / forward2;
    }
    v.x += share * forwardX;
    v.y += share * forwardY;
  }

  /** The thrust vector that gives the acceleration, under the tilt limit. */
  #wantThrust(hoverThrust: number, gains: Readonly<ControlGains>, leastThrust: number): void {
    const a = this.accelerationSetpointNed;
    // MPC_ACC_DECOUPLE: the tilt that gives this horizontal acceleration while hovering.
    const horizontal = Math.sqrt(a.x * a.x + a.y * a.y);
    const tiltRad = Math.min(Math.atan2(horizontal, GRAVITY_MPS2), gains.tiltMaxRad);
    const lift = hoverThrust - (a.z * hoverThrust) / GRAVITY_MPS2;
    const collective = Math.max(lift / Math.cos(tiltRad), leastThrust);
    const side = horizontal > 1e-6 ? (collective * Math.sin(tiltRad)) / horizontal : 0;
    const thrust = this.#thrustNed;
    thrust.x = a.x * side;
    thrust.y = a.y * side;
    thrust.z = -collective * Math.cos(tiltRad);
  }

  /** Full thrust is for lift first, but for a margin that keeps it steerable. */
  #limitThrust(gains: Readonly<ControlGains>): void {
    const thrust = this.#thrustNed;
    this.#wantedLift = -thrust.z;
    const horizontal = Math.sqrt(thrust.x * thrust.x + thrust.y * thrust.y);
    const kept = Math.min(horizontal, gains.horizontalThrustMargin);
    const most = gains.thrustMax * gains.thrustMax;
    thrust.z = Math.max(thrust.z, -Math.sqrt(most - kept * kept));
    const left = Math.sqrt(Math.max(0, most - thrust.z * thrust.z));
    if (horizontal > left) {
      thrust.x *= left / horizontal;
      thrust.y *= left / horizontal;
    }
    const { x, y, z } = thrust;
    this.thrust = Math.sqrt(x * x + y * y + z * z);
    const down = this.bodyDownNed;
    if (this.thrust < 1e-6) {
      down.x = 0;
      down.y = 0;
      down.z = 1;
      return;
    }
    down.x = -x / this.thrust;
    down.y = -y / this.thrust;
    down.z = -z / this.thrust;
  }

  /**
   * Integrates with anti-windup: vertically not further into saturation, horizontally by tracking what
   * the thrust really gives (Rundqwist, "Anti-reset windup for PID controllers", 1990).
   */
  #integrate(
    dtS: number,
    velocityNed: Readonly<Vector3>,
    hoverThrust: number,
    gains: Readonly<ControlGains>,
    leastThrust: number,
  ): void {
    const wanted = this.velocitySetpointNed;
    const a = this.accelerationSetpointNed;
    const integral = this.#integralNed;
    const perThrust = GRAVITY_MPS2 / hoverThrust;
    const producedX = this.#thrustNed.x * perThrust;
    const producedY = this.#thrustNed.y * perThrust;
    let errorX = wanted.x - velocityNed.x;
    let errorY = wanted.y - velocityNed.y;
    let errorZ = wanted.z - velocityNed.z;
    if (a.x * a.x + a.y * a.y > producedX * producedX + producedY * producedY) {
      const antiWindup = 2 / gains.velocityP;
      errorX -= antiWindup * (a.x - producedX);
      errorY -= antiWindup * (a.y - producedY);
    }
    if (this.#wantedLift >= gains.thrustMax && errorZ < 0) errorZ = 0;
    if (this.#wantedLift <= leastThrust && errorZ > 0) errorZ = 0;
    if (!this.#free.x) integral.x += dtS * gains.velocityI * errorX;
    if (!this.#free.y) integral.y += dtS * gains.velocityI * errorY;
    if (this.#free.z) return;
    integral.z = clamp(integral.z + dtS * gains.climbI * errorZ, -GRAVITY_MPS2, GRAVITY_MPS2);
  }
}
