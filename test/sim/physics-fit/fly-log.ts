import { vector3 } from '#protocols/vector.ts';
import { controlGains } from '#sim/autopilot/control/control-gains.ts';
import { FlightControl, type Motion } from '#sim/autopilot/control/flight-control.ts';
import { emptySetpoint } from '#sim/autopilot/control/flight-setpoint.ts';
import { Parameters, type Profile } from '#sim/autopilot/parameters.ts';
import { Quadrotor } from '#sim/physics/quadrotor.ts';
import type { VehicleParameters } from '#sim/physics/vehicle-parameters.ts';
import {
  identityQuaternion,
  multiplyQuaternions,
  pitchOf,
  rollOf,
  yawOf,
  type Quaternion,
} from '#sim/rotation.ts';
import type { LoggedFlight } from './log-flight.ts';

const INNER_S = 0.004;
const OUTER_STEPS = 5;
const SETTLE_S = 30;

/** One moment, of the log and of the stand-in that was given the same setpoints. */
export interface FlownMoment {
  timeS: number;
  setpoint: { north: number; east: number; down: number };
  real: Kinematics;
  made: Kinematics;
}

interface Kinematics {
  north: number;
  east: number;
  down: number;
  rollRad: number;
  pitchRad: number;
  yawRad: number;
  thrust: number;
}

/** Walks along a series with the time: the row in force, and the value between two rows. */
class Walk {
  row = 0;
  readonly #timeS: Float64Array;

  constructor(timeS: Float64Array) {
    this.#timeS = timeS;
  }

  to(timeS: number): void {
    while (this.row + 1 < this.#timeS.length && this.#timeS[this.row + 1]! <= timeS) this.row += 1;
  }

  between(column: Float64Array, timeS: number): number {
    const next = Math.min(this.row + 1, column.length - 1);
    const gap = this.#timeS[next]! - this.#timeS[this.row]!;
    const share = gap > 0 ? Math.min(1, Math.max(0, (timeS - this.#timeS[this.row]!) / gap)) : 0;
    return column[this.row]! + share * (column[next]! - column[this.row]!);
  }
}

interface QuaternionColumns {
  w: Float64Array;
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
}

const quaternionAt = (columns: QuaternionColumns, row: number, out: Quaternion): void => {
  out.w = columns.w[row]!;
  out.x = columns.x[row]!;
  out.y = columns.y[row]!;
  out.z = columns.z[row]!;
};

const physicsOf = ({ parameters }: LoggedFlight): VehicleParameters => {
  const get = (name: string): number => parameters.get(name)!;
  return {
    massKg: get('SIH_MASS'),
    inertiaXxKgM2: get('SIH_IXX'),
    inertiaYyKgM2: get('SIH_IYY'),
    inertiaZzKgM2: get('SIH_IZZ'),
    maxMotorThrustN: get('SIH_T_MAX'),
    maxMotorTorqueNm: get('SIH_Q_MAX'),
    rollArmM: get('SIH_L_ROLL'),
    pitchArmM: get('SIH_L_PITCH'),
    motorTimeConstantS: get('SIH_T_TAU'),
    linearDragNPerMps: get('SIH_KDV'),
    quadraticDragNPerMps2: 0,
    angularDragNmPerRadps: get('SIH_KDW'),
  };
};

/**
 * Gives the setpoints of a log, at their times, to the stand-in's controllers and physics with the
 * log's own parameters, wind and estimation errors (estimate less truth, as logged): whatever PX4
 * knew and met, it meets. It starts in the logged state and is never set right again.
 */
export class LogFlyer {
  readonly #flight: LoggedFlight;
  readonly #quadrotor: Quadrotor;
  readonly #control: FlightControl;
  readonly #setpoint = emptySetpoint();
  readonly #motion: Motion;
  readonly #walks;
  readonly #wind = vector3(0, 0, 0);
  readonly #believed = identityQuaternion();
  readonly #logged = identityQuaternion();
  readonly #error = identityQuaternion();
  #timeS: number;
  #steps = 0;

  constructor(flight: LoggedFlight, profile: Profile) {
    this.#flight = flight;
    this.#timeS = flight.offboard.fromS;
    this.#walks = {
      setpoint: new Walk(flight.setpoint.timeS),
      truth: new Walk(flight.truth.timeS),
      attitude: new Walk(flight.attitudeTruth.timeS),
      believed: new Walk(flight.attitude.timeS),
      thrust: new Walk(flight.attitudeSetpoint.timeS),
      hover: new Walk(flight.hoverThrust.timeS),
    };
    for (const walk of Object.values(this.#walks)) walk.to(this.#timeS);
    const parameters = new Parameters(profile, Object.fromEntries(flight.parameters));
    const hover = flight.hoverThrust.value[this.#walks.hover.row]!;
    this.#control = new FlightControl(controlGains(parameters), hover);
    this.#quadrotor = new Quadrotor(physicsOf(flight), 0, 0);
    // SIH's parameters say where the wind comes from (seen in the logs: drag vanishes at −5 m/s north).
    this.#wind.x = 0 - (flight.parameters.get('SIH_WIND_N') ?? 0);
    this.#wind.y = 0 - (flight.parameters.get('SIH_WIND_E') ?? 0);
    this.#motion = {
      positionNed: vector3(0, 0, 0),
      velocityNed: vector3(0, 0, 0),
      attitude: identityQuaternion(),
      ratesFrd: this.#quadrotor.ratesFrd,
    };
    this.#settle();
    this.#placeAsLogged();
  }

  /** PX4 had hovered for a while: its integrals knew the wind. */
  #settle(): void {
    const quadrotor = this.#quadrotor;
    quadrotor.positionNed.z = -1000;
    quadrotor.onGround = false;
    const { setpoint, motion } = { setpoint: this.#setpoint, motion: this.#motion };
    Object.assign(setpoint.velocityNed, { x: 0, y: 0, z: 0 });
    for (let step = 0; step < SETTLE_S / INNER_S; step += 1) {
      Object.assign(motion.velocityNed, quadrotor.velocityNed);
      Object.assign(motion.attitude, quadrotor.attitude);
      if (step % OUTER_STEPS === 0) {
        this.#control.stepPosition(INNER_S * OUTER_STEPS, setpoint, motion, true);
      }
      this.#control.stepAttitude(INNER_S, motion);
      quadrotor.step(INNER_S, this.#control.throttle, this.#wind, 1);
    }
  }

  #placeAsLogged(): void {
    const { truth, attitudeTruth } = this.#flight;
    const { row } = this.#walks.truth;
    const quadrotor = this.#quadrotor;
    // High up: the ground is of no interest here.
    quadrotor.positionNed.z = -1000;
    quadrotor.onGround = false;
    quadrotor.velocityNed.x = truth.velocityNorth[row]!;
    quadrotor.velocityNed.y = truth.velocityEast[row]!;
    quadrotor.velocityNed.z = truth.velocityDown[row]!;
    quaternionAt(attitudeTruth, this.#walks.attitude.row, quadrotor.attitude);
    const { massKg } = quadrotor.parameters;
    quadrotor.motorThrustN.fill((massKg * 9.80665) / 4);
  }

  /** Flies to the end of OFFBOARD and tells each moment of the logged truth. */
  fly(): FlownMoment[] {
    const moments: FlownMoment[] = [];
    const { truth, offboard } = this.#flight;
    let next = this.#walks.truth.row + 1;
    while (this.#timeS < offboard.toS) {
      this.#step();
      if (next < truth.timeS.length && truth.timeS[next]! <= this.#timeS) {
        moments.push(this.#moment(next));
        next += 1;
      }
    }
    return moments;
  }

  #step(): void {
    for (const walk of Object.values(this.#walks)) walk.to(this.#timeS);
    this.#estimate();
    if (this.#steps % OUTER_STEPS === 0) {
      this.#command();
      this.#control.stepPosition(INNER_S * OUTER_STEPS, this.#setpoint, this.#motion, true);
    }
    this.#control.stepAttitude(INNER_S, this.#motion);
    this.#quadrotor.step(INNER_S, this.#control.throttle, this.#wind, 1);
    this.#steps += 1;
    this.#timeS += INNER_S;
  }

  #estimate(): void {
    const { truth, estimate } = this.#flight;
    const walk = this.#walks.truth;
    const { velocityNed } = this.#motion;
    const error = (key: 'velocityNorth' | 'velocityEast' | 'velocityDown'): number =>
      walk.between(estimate[key], this.#timeS) - walk.between(truth[key], this.#timeS);
    const made = this.#quadrotor.velocityNed;
    Object.assign(velocityNed, {
      x: made.x + error('velocityNorth'),
      y: made.y + error('velocityEast'),
      z: made.z + this.#verticalError(),
    });
    this.#mistakeAttitude();
  }

  /**
   * PX4 takes the derivative of height for the speed that it controls, the more so the faster
   * a climb is commanded, because that has less bias: up to MPC_LAND_SPEED it blends the two.
   */
  #verticalError(): number {
    const { truth, estimate, parameters } = this.#flight;
    const walk = this.#walks.truth;
    const at = (column: Float64Array): number => walk.between(column, this.#timeS);
    const commanded = Math.abs(this.#setpoint.velocityNed.z) || 0;
    const share = Math.min(1, commanded / parameters.get('MPC_LAND_SPEED')!);
    const believed = share * at(estimate.downRate) + (1 - share) * at(estimate.velocityDown);
    return believed - at(truth.velocityDown);
  }

  /** The logged estimate turned from the logged truth, about NED axes, turns the made truth too. */
  #mistakeAttitude(): void {
    const { attitude, attitudeTruth } = this.#flight;
    const believed = attitude.timeS.length > 0 ? this.#walks.believed.row : 0;
    const true_ = this.#walks.attitude.row;
    quaternionAt(attitude, believed, this.#believed);
    quaternionAt(attitudeTruth, true_, this.#logged);
    // error = believed ⊗ logged⁻¹
    this.#logged.x *= -1;
    this.#logged.y *= -1;
    this.#logged.z *= -1;
    multiplyQuaternions(this.#believed, this.#logged, this.#error);
    multiplyQuaternions(this.#error, this.#quadrotor.attitude, this.#motion.attitude as Quaternion);
  }

  #command(): void {
    const { setpoint } = this.#flight;
    const { row } = this.#walks.setpoint;
    this.#setpoint.velocityNed.x = setpoint.velocityNorth[row]!;
    this.#setpoint.velocityNed.y = setpoint.velocityEast[row]!;
    this.#setpoint.velocityNed.z = setpoint.velocityDown[row]!;
    this.#setpoint.yawRad = setpoint.yawRad[row]!;
    this.#setpoint.yawRateRadps = setpoint.yawRateRadps[row]!;
  }

  #moment(row: number): FlownMoment {
    const { truth, setpoint, attitudeTruth, attitudeSetpoint } = this.#flight;
    const q = identityQuaternion();
    // Both truths are logged at the same times.
    quaternionAt(attitudeTruth, row, q);
    const made = this.#quadrotor;
    const thrust = -attitudeSetpoint.thrustDown[this.#walks.thrust.row]!;
    const setpointRow = this.#walks.setpoint.row;
    return {
      timeS: truth.timeS[row]!,
      setpoint: {
        north: setpoint.velocityNorth[setpointRow]!,
        east: setpoint.velocityEast[setpointRow]!,
        down: setpoint.velocityDown[setpointRow]!,
      },
      real: {
        north: truth.velocityNorth[row]!,
        east: truth.velocityEast[row]!,
        down: truth.velocityDown[row]!,
        rollRad: rollOf(q),
        pitchRad: pitchOf(q),
        yawRad: yawOf(q),
        thrust,
      },
      made: {
        north: made.velocityNed.x,
        east: made.velocityNed.y,
        down: made.velocityNed.z,
        rollRad: rollOf(made.attitude),
        pitchRad: pitchOf(made.attitude),
        yawRad: yawOf(made.attitude),
        thrust: this.#control.position.thrust,
      },
    };
  }
}
