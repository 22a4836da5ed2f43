import { levelBodyFromNed } from '#protocols/frames.ts';
import type { Vector3 } from '#protocols/vector.ts';

/**
 * What a world model sees, does and predicts: one contract for the agent that flies, the simulator that makes training
 * flights and the trainer. Level body = FRD axes turned by yaw only (x ahead, y right, z down), so no heading is special.
 */

/** Time between two observations and between two steps of a rollout (the mind's 10 Hz). */
export const STEP_S = 0.1;

/** Observations that the encoder looks back on: one second shows wind, mass and sag in how the vehicle answers. */
export const HISTORY_STEPS = 10;

/** The vehicle as its autopilot reports it at one moment. */
export interface VehicleSample {
  positionNed: Vector3;
  velocityNed: Vector3;
  rollRad: number;
  pitchRad: number;
  yawRad: number;
  /** Body rates p, q, r (FRD), rad/s. */
  ratesRadps: Vector3;
  /** Collective thrust 0…1, MAVLink ATTITUDE_TARGET.thrust. */
  thrust: number;
  batteryVoltageV: number;
  batteryCurrentA: number;
}

/** What PX4 offboard is asked for: a velocity in local NED and a yaw rate, held for one step. */
export interface Action {
  velocityNed: Vector3;
  yawRateRadps: number;
}

/** Where each quantity stands in an observation (offsets into {@link OBSERVATION_SIZE} numbers). */
export const OBSERVATION = {
  /** Velocity in level body, m/s. */
  velocity: 0,
  /** Horizontal part (ahead, right) of the direction of thrust in level body: (−sin θ cos φ, sin φ). */
  tilt: 3,
  /** Body rates p, q, r, rad/s. */
  rates: 5,
  thrust: 8,
  /** Volt. */
  voltage: 9,
  /** Ampere. */
  current: 10,
  /** The velocity setpoint in force until now, in the level body of now, m/s. */
  setpoint: 11,
  /** The yaw rate setpoint in force until now, rad/s. */
  yawRateSetpoint: 14,
} as const;

export const OBSERVATION_SIZE = 15;

/** Where each quantity stands in the state that is rolled out (offsets into {@link STATE_SIZE} numbers). */
export const STATE = {
  /** NED, metres from wherever the caller chose its zero: the models do not depend on it. */
  position: 0,
  /** NED, m/s. */
  velocity: 3,
  /** As in the observation, in level body. */
  tilt: 6,
  thrust: 8,
  /** Rad, not wrapped during a rollout. */
  yaw: 9,
  /** Rad/s. */
  yawRate: 10,
} as const;

export const STATE_SIZE = 11;

/** An action in a graph: velocity setpoint NED (3), yaw rate (1). */
export const ACTION_SIZE = 4;

export const writeAction = (out: Float32Array, offset: number, action: Action): void => {
  out[offset] = action.velocityNed.x;
  out[offset + 1] = action.velocityNed.y;
  out[offset + 2] = action.velocityNed.z;
  out[offset + 3] = action.yawRateRadps;
};

const writeTilt = (out: Float32Array, offset: number, sample: VehicleSample): void => {
  out[offset] = -Math.sin(sample.pitchRad) * Math.cos(sample.rollRad);
  out[offset + 1] = Math.sin(sample.rollRad);
};

/** Writes the {@link OBSERVATION_SIZE} numbers of one observation; `previous` is the action in force until now. */
export const writeObservation = (
  out: Float32Array,
  offset: number,
  sample: VehicleSample,
  previous: Action,
): void => {
  const velocity = levelBodyFromNed(sample.velocityNed, sample.yawRad);
  const setpoint = levelBodyFromNed(previous.velocityNed, sample.yawRad);
  out[offset] = velocity.x;
  out[offset + 1] = velocity.y;
  out[offset + 2] = velocity.z;
  writeTilt(out, offset + OBSERVATION.tilt, sample);
  out[offset + OBSERVATION.rates] = sample.ratesRadps.x;
  out[offset + OBSERVATION.rates + 1] = sample.ratesRadps.y;
  out[offset + OBSERVATION.rates + 2] = sample.ratesRadps.z;
  out[offset + OBSERVATION.thrust] = sample.thrust;
  out[offset + OBSERVATION.voltage] = sample.batteryVoltageV;
  out[offset + OBSERVATION.current] = sample.batteryCurrentA;
  out[offset + OBSERVATION.setpoint] = setpoint.x;
  out[offset + OBSERVATION.setpoint + 1] = setpoint.y;
  out[offset + OBSERVATION.setpoint + 2] = setpoint.z;
  out[offset + OBSERVATION.yawRateSetpoint] = previous.yawRateRadps;
};

/** Writes the {@link STATE_SIZE} numbers from which a rollout starts. */
export const writeState = (out: Float32Array, offset: number, sample: VehicleSample): void => {
  out[offset] = sample.positionNed.x;
  out[offset + 1] = sample.positionNed.y;
  out[offset + 2] = sample.positionNed.z;
  out[offset + STATE.velocity] = sample.velocityNed.x;
  out[offset + STATE.velocity + 1] = sample.velocityNed.y;
  out[offset + STATE.velocity + 2] = sample.velocityNed.z;
  writeTilt(out, offset + STATE.tilt, sample);
  out[offset + STATE.thrust] = sample.thrust;
  out[offset + STATE.yaw] = sample.yawRad;
  // ψ̇ = (q sin φ + r cos φ) / cos θ; the guard against gimbal lock is far outside what a multirotor flies.
  const cosPitch = Math.max(0.1, Math.cos(sample.pitchRad));
  out[offset + STATE.yawRate] =
    (sample.ratesRadps.y * Math.sin(sample.rollRad) +
      sample.ratesRadps.z * Math.cos(sample.rollRad)) /
    cosPitch;
};

/**
 * The last {@link HISTORY_STEPS} observations, one pushed per {@link STEP_S}. Preallocated; push and read allocate nothing.
 * Whoever pushes resets it after a gap (telemetry lost, another owner in control): a torn history describes no vehicle.
 */
export class History {
  readonly #rows = new Float32Array(HISTORY_STEPS * OBSERVATION_SIZE);
  #count = 0;

  /** True once a whole history has been pushed since the last reset. */
  get ready(): boolean {
    return this.#count >= HISTORY_STEPS;
  }

  push(sample: VehicleSample, previous: Action): void {
    this.#rows.copyWithin(0, OBSERVATION_SIZE);
    writeObservation(this.#rows, (HISTORY_STEPS - 1) * OBSERVATION_SIZE, sample, previous);
    this.#count += 1;
  }

  reset(): void {
    this.#count = 0;
  }

  /** Copies the history, oldest observation first, [HISTORY_STEPS × OBSERVATION_SIZE] row-major. */
  copyTo(out: Float32Array, offset = 0): void {
    out.set(this.#rows, offset);
  }
}
