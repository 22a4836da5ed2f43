import { clamp } from '#protocols/units.ts';
import { yawOf, type Quaternion } from '../../rotation.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';
import { AttitudeControl } from './attitude-control.ts';
import type { ControlGains } from './control-gains.ts';
import type { AttitudeSetpoint, FlightSetpoint } from './flight-setpoint.ts';
import { HoverThrust } from './hover-thrust.ts';
import { mixQuadX } from './mixer.ts';
import { PositionControl } from './position-control.ts';
import { RateControl } from './rate-control.ts';

/** What the controllers know of the vehicle: the estimate in local NED, never the truth. */
export interface Motion {
  readonly positionNed: Readonly<Vector3>;
  readonly velocityNed: Readonly<Vector3>;
  readonly attitude: Readonly<Quaternion>;
  readonly ratesFrd: Readonly<Vector3>;
}

/**
 * The whole cascade from setpoint to throttles. Position loop at 50 Hz, attitude and rates at every
 * step. It knows neither modes nor MAVLink, so training flights can fly it alone.
 */
export class FlightControl {
  gains: ControlGains;
  readonly throttle = new Float64Array(4);
  readonly position = new PositionControl();
  readonly attitude = new AttitudeControl();
  readonly hover: HoverThrust;
  readonly #rates = new RateControl();
  readonly #lost: Vector3 = vector3(0, 0, 0);
  #yawRad = Number.NaN;
  #yawRateRadps = 0;
  #lastDownSpeedMps = Number.NaN;
  /** Body rates in place of an attitude. */
  #commandedRatesFrd: Readonly<Vector3> | undefined;

  constructor(gains: ControlGains, hoverThrust: number) {
    this.gains = gains;
    this.hover = new HoverThrust(hoverThrust);
  }

  /** Motors off, integrals forgotten. */
  stop(): void {
    this.throttle.fill(0);
    this.idle();
    this.hover.reset();
  }

  /** Motors turn, nothing lifts: spool-up, and the moment before landing is certain. */
  idle(): void {
    this.position.reset();
    this.#rates.reset();
    this.attitude.reset();
    this.position.thrust = 0;
    this.#yawRad = Number.NaN;
    this.#lastDownSpeedMps = Number.NaN;
    this.#commandedRatesFrd = undefined;
  }

  /**
   * Outer loop, 50 Hz. Before `flying` the ground carries weight too: hover thrust is not learnt
   * then, and thrust may be zero.
   */
  stepPosition(
    dtS: number,
    setpoint: Readonly<FlightSetpoint>,
    motion: Motion,
    flying: boolean,
  ): void {
    if (flying) this.#learnHover(dtS, motion);
    if (setpoint.attitude !== undefined) {
      this.#followAttitude(setpoint.attitude, setpoint.yawRateRadps);
      return;
    }
    this.#commandedRatesFrd = undefined;
    this.position.step(
      dtS,
      setpoint,
      motion.positionNed,
      motion.velocityNed,
      this.hover.value,
      this.gains,
      flying ? this.gains.thrustMin : 0,
    );
    this.#turn(setpoint, motion);
    this.attitude.aim(this.position.bodyDownNed, this.#yawRad);
  }

  /** Position and velocity are the sender's business; their controllers begin anew after it. */
  #followAttitude(setpoint: Readonly<AttitudeSetpoint>, yawRateRadps: number): void {
    const { attitude, ratesFrd, thrust } = setpoint;
    this.position.reset();
    this.position.thrust = clamp(thrust, 0, 1);
    this.#commandedRatesFrd = attitude === undefined ? ratesFrd : undefined;
    if (attitude === undefined) return;
    Object.assign(this.attitude.attitudeSetpoint, attitude);
    this.#yawRateRadps = Number.isFinite(yawRateRadps) ? yawRateRadps : 0;
    this.#yawRad = Number.NaN;
  }

  /** Inner loops, every step. */
  stepAttitude(dtS: number, motion: Motion): void {
    const commanded = this.#commandedRatesFrd;
    if (commanded === undefined) {
      this.attitude.step(dtS, motion.attitude, this.#yawRateRadps, this.gains);
    } else {
      this.attitude.turnAt(commanded, motion.attitude, motion.ratesFrd);
    }
    this.#rates.step(dtS, this.attitude.ratesSetpointFrd, motion.ratesFrd, this.gains);
    mixQuadX(this.position.thrust, this.#rates.torque, this.throttle, this.#lost);
    this.#rates.lose(this.#lost);
  }

  #learnHover(dtS: number, motion: Motion): void {
    const { x, y, z: speed } = motion.velocityNed;
    if (Number.isFinite(this.#lastDownSpeedMps) && this.position.thrust > 0) {
      const before = this.hover.value;
      const upMps2 = (this.#lastDownSpeedMps - speed) / dtS;
      const lift = this.position.thrust * this.position.bodyDownNed.z;
      const { hoverHorizontalSpeed, hoverVerticalSpeed } = this.gains;
      const tooFast = Math.max(
        Math.sqrt(x * x + y * y) - hoverHorizontalSpeed,
        Math.abs(speed) - hoverVerticalSpeed,
        0,
      );
      this.hover.step(dtS, lift, upMps2, 1 + tooFast, this.gains);
      this.position.shiftHoverThrust(before, this.hover.value);
    }
    this.#lastDownSpeedMps = speed;
  }

  /**
   * Heading: commanded, or else held. While only a rate is commanded the held heading is the present
   * one, as in PX4: the rate is fed forward, its error is not made up later.
   */
  #turn(setpoint: Readonly<FlightSetpoint>, motion: Motion): void {
    const turning = Number.isFinite(setpoint.yawRateRadps);
    this.#yawRateRadps = turning ? setpoint.yawRateRadps : 0;
    if (Number.isFinite(setpoint.yawRad)) this.#yawRad = setpoint.yawRad;
    else if (turning || Number.isNaN(this.#yawRad)) this.#yawRad = yawOf(motion.attitude);
  }
}
