import type { Random } from '#protocols/random.ts';
import { GRAVITY_MPS2, wrapPi } from '#protocols/units.ts';
import { norm, subtract, vector3 } from '#protocols/vector.ts';
import { STEP_S } from '#world/spaces.ts';
import type { Action, VehicleSample } from '#world/spaces.ts';
import { FlightLog } from '#world/train/flight.ts';
import type { Flight } from '#world/train/flight.ts';
import { FlightControl } from '../autopilot/control/flight-control.ts';
import { emptySetpoint } from '../autopilot/control/flight-setpoint.ts';
import { Battery } from '../physics/battery.ts';
import { Quadrotor } from '../physics/quadrotor.ts';
import { Wind } from '../physics/wind.ts';
import { pitchOf, rollOf, yawOf } from '../rotation.ts';
import { defaultEstimateErrors, StateEstimate } from '../sensors/state-estimate.ts';
import type { Excitation } from './excitation.ts';
import type { FlightConditions } from './randomise.ts';

/** Physics and inner loops at 250 Hz; air, battery, estimator errors and the outer loop at 50 Hz. */
const INNER_S = 0.004;
const OUTER_STEPS = 5;
const STEPS_PER_ROW = Math.round(STEP_S / INNER_S);

/** Flown but not recorded: integrators and hover thrust find themselves, as they have on a real drone after take-off. */
const SETTLE_S = 6;
const START_HEIGHT_M = 30;

/**
 * Telemetry is older than the moment it is used at. Periods in inner steps of what the pilot asks its vehicle for: position,
 * velocity and attitude about 20 Hz, thrust 10 Hz, battery 2 Hz; a little off, so that their ages drift through a flight.
 */
const MOTION_PERIOD_STEPS = 12;
const THRUST_PERIOD_STEPS = 26;
const BATTERY_PERIOD_STEPS = 127;

const copyAction = (from: Action): Action => ({
  velocityNed: vector3(from.velocityNed.x, from.velocityNed.y, from.velocityNed.z),
  yawRateRadps: from.yawRateRadps,
});

/** One vehicle with its autopilot's controllers in virtual time: no modes, no MAVLink, no clock. */
class FlyingVehicle {
  readonly sample: VehicleSample = {
    positionNed: vector3(0, 0, 0),
    velocityNed: vector3(0, 0, 0),
    rollRad: 0,
    pitchRad: 0,
    yawRad: 0,
    ratesRadps: vector3(0, 0, 0),
    thrust: 0,
    batteryVoltageV: 0,
    batteryCurrentA: 0,
  };
  readonly #quadrotor: Quadrotor;
  readonly #control: FlightControl;
  readonly #estimate: StateEstimate;
  readonly #battery: Battery;
  readonly #wind: Wind;
  readonly #setpoint = emptySetpoint();
  /** Starts anywhere, so that no two flights see their telemetry at the same ages. */
  #steps: number;

  constructor(conditions: FlightConditions, random: Random) {
    const { vehicle, initialYawRad } = conditions;
    this.#quadrotor = new Quadrotor(vehicle, 0, 0, initialYawRad);
    this.#control = new FlightControl(conditions.gains, conditions.hoverThrust);
    this.#estimate = new StateEstimate(
      this.#quadrotor,
      defaultEstimateErrors,
      random.fork('estimate'),
    );
    // The estimator's origin is where it booted: on the ground.
    this.#quadrotor.positionNed.z = -START_HEIGHT_M;
    this.#quadrotor.onGround = false;
    this.#quadrotor.motorThrustN.fill((vehicle.massKg * GRAVITY_MPS2) / 4);
    this.#battery = new Battery(conditions.battery);
    this.#wind = new Wind(conditions.wind, random.fork('wind'));
    this.#steps = Math.floor(10_000 * random.uniform());
    this.#setpoint.yawRad = initialYawRad;
    this.#command({ velocityNed: vector3(0, 0, 0), yawRateRadps: 0 });
  }

  heightM(): number {
    return this.#quadrotor.heightM();
  }

  /** One step of {@link STEP_S}; `action` comes into force `delaySteps` inner steps from its start. */
  fly(action: Action, delaySteps: number): void {
    for (let step = 0; step < STEPS_PER_ROW; step += 1) {
      if (step === delaySteps) this.#command(action);
      this.#stepInner();
    }
  }

  /** The setpoint's yaw moves on by a whole step at once: a planner's yaw is one number per step. */
  #command(action: Action): void {
    const { velocityNed } = this.#setpoint;
    velocityNed.x = action.velocityNed.x;
    velocityNed.y = action.velocityNed.y;
    velocityNed.z = action.velocityNed.z;
    this.#setpoint.yawRad = wrapPi(this.#setpoint.yawRad + action.yawRateRadps * STEP_S);
  }

  #stepInner(): void {
    const quadrotor = this.#quadrotor;
    const estimate = this.#estimate;
    estimate.track();
    if (this.#steps % OUTER_STEPS === 0) {
      const dtS = INNER_S * OUTER_STEPS;
      this.#wind.step(dtS, norm(subtract(quadrotor.velocityNed, this.#wind.velocityNed)));
      this.#battery.step(dtS, quadrotor.motorThrustN);
      estimate.wander(dtS);
      this.#control.stepPosition(dtS, this.#setpoint, estimate, true);
    }
    this.#observe();
    this.#control.stepAttitude(INNER_S, estimate);
    quadrotor.step(
      INNER_S,
      this.#control.throttle,
      this.#wind.velocityNed,
      this.#battery.thrustScale(),
    );
    this.#steps += 1;
  }

  #observe(): void {
    const { sample } = this;
    if (this.#steps % MOTION_PERIOD_STEPS === 0) this.#observeMotion();
    if (this.#steps % THRUST_PERIOD_STEPS === 0) sample.thrust = this.#control.position.thrust;
    if (this.#steps % BATTERY_PERIOD_STEPS === 0) {
      sample.batteryVoltageV = this.#battery.voltageV;
      sample.batteryCurrentA = this.#battery.currentA;
    }
  }

  #observeMotion(): void {
    const { sample } = this;
    const estimate = this.#estimate;
    Object.assign(sample.positionNed, estimate.positionNed);
    Object.assign(sample.velocityNed, estimate.velocityNed);
    Object.assign(sample.ratesRadps, estimate.ratesFrd);
    sample.rollRad = rollOf(estimate.attitude);
    sample.pitchRad = pitchOf(estimate.attitude);
    sample.yawRad = yawOf(estimate.attitude);
  }
}

/**
 * Flies `seconds` of virtual time and returns what an agent would have observed, through the observation code that agents
 * use. The same arguments give the same flight bit for bit.
 */
export const flyFlight = (
  id: string,
  seconds: number,
  conditions: FlightConditions,
  excitation: Excitation,
  random: Random,
): Flight => {
  const vehicle = new FlyingVehicle(conditions, random);
  const rows = Math.floor(seconds / STEP_S);
  const settling = Math.round(SETTLE_S / STEP_S);
  const log = new FlightLog(rows);
  const delaySteps = Math.round(conditions.actionDelayS / INNER_S);
  let previous: Action = { velocityNed: vector3(0, 0, 0), yawRateRadps: 0 };
  for (let row = -settling; row < rows; row += 1) {
    const action = copyAction(excitation.next(STEP_S, vehicle.heightM()));
    if (row >= 0) log.push(vehicle.sample, previous, action);
    vehicle.fly(action, delaySteps);
    previous = action;
  }
  return log.finish(id);
};
