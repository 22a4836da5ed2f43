import type { PlanSource, Trajectory } from '#protocols/trajectory.ts';
import type { Vector3 } from '#protocols/vector.ts';
import { STEP_S } from '#world/spaces.ts';
import type { PlanRequest } from '../plan-port.ts';

/** Actions and the motion that they are predicted to cause, in the scene's frame. */
export interface Motion {
  steps: number;
  /** [3 × steps], m/s: velocity setpoints, NED. */
  actions: Float64Array;
  /** [3 × (steps + 1)], m. */
  positions: Float64Array;
  /** [3 × (steps + 1)], m/s. */
  velocities: Float64Array;
}

/** `position` and `velocity` are written in place: [0..2] and [3..5] of `motion`. */
export type Stepper = (
  motion: Float64Array,
  offset: number,
  setpoint: Float64Array,
  setpointOffset: number,
) => void;

export const emptyMotion = (steps: number): Motion => ({
  steps,
  actions: new Float64Array(3 * steps),
  positions: new Float64Array(3 * (steps + 1)),
  velocities: new Float64Array(3 * (steps + 1)),
});

/** Predicts `motion` from step `from` on, where position and velocity are known, with its actions. */
export const predict = (motion: Motion, from: number, stepper: Stepper): void => {
  const { actions, positions, velocities, steps } = motion;
  const state = new Float64Array(6);
  for (let axis = 0; axis < 3; axis += 1) {
    state[axis] = positions[3 * from + axis]!;
    state[3 + axis] = velocities[3 * from + axis]!;
  }
  for (let step = from; step < steps; step += 1) {
    stepper(state, 0, actions, 3 * step);
    for (let axis = 0; axis < 3; axis += 1) {
      positions[3 * (step + 1) + axis] = state[axis]!;
      velocities[3 * (step + 1) + axis] = state[3 + axis]!;
    }
  }
};

/** The plan as the pilot and the intent take it: back in mission NED. */
export const trajectoryOf = (
  request: PlanRequest,
  source: PlanSource,
  motion: Motion,
  tailSteps: number,
  originNed: Vector3,
  yawRad: Float32Array,
  sigmaM: Float32Array,
): Trajectory => {
  const positionNedM = new Float32Array(motion.positions.length);
  for (let offset = 0; offset < positionNedM.length; offset += 3) {
    positionNedM[offset] = motion.positions[offset]! + originNed.x;
    positionNedM[offset + 1] = motion.positions[offset + 1]! + originNed.y;
    positionNedM[offset + 2] = motion.positions[offset + 2]! + originNed.z;
  }
  return {
    planId: request.requestId,
    source,
    startMs: request.startMs,
    stepMs: STEP_S * 1000,
    steps: motion.steps,
    tailSteps,
    velocityNedMps: Float32Array.from(motion.actions),
    yawRad,
    positionNedM,
    sigmaM,
  };
};
