import type { Vector3 } from './vector.ts';

/** Who made a trajectory; `model` means that the learned world model imagined it. */
export type PlanSource = 'model' | 'analytic' | 'safe';

export const PLAN_SOURCES: readonly PlanSource[] = ['model', 'analytic', 'safe'];

/**
 * What a planner proposes and an intent announces: velocity actions, the positions they are
 * predicted to lead to with their uncertainty, and a stopping tail. Step k spans
 * [startMs + k·stepMs, startMs + (k+1)·stepMs); arrays are per step, xyz interleaved, in the
 * mission's local NED frame.
 */
export interface Trajectory {
  /** Counts up within one boot of the planner. */
  planId: number;
  source: PlanSource;
  /** Monotonic ms of this drone's machine. */
  startMs: number;
  stepMs: number;
  steps: number;
  /** The last `tailSteps` of `steps` brake to a hover, so that a lost planner ends in a hold. */
  tailSteps: number;
  /** m/s, [3 × steps]: the velocity setpoints. */
  velocityNedMps: Float32Array;
  /** rad, [steps]: yaw setpoint, north 0, east π/2. */
  yawRad: Float32Array;
  /** m, [3 × (steps + 1)]: predicted positions; the first is where the drone was at startMs. */
  positionNedM: Float32Array;
  /** m, [steps + 1]: one standard deviation of the predicted position, the larger horizontal axis. */
  sigmaM: Float32Array;
}

/** Most steps that a trajectory may have: 6.4 s at 0.1 s; bounds every buffer that holds one. */
export const MAX_TRAJECTORY_STEPS = 64;

export const trajectoryEndMs = (trajectory: Trajectory): number =>
  trajectory.startMs + trajectory.steps * trajectory.stepMs;

/** Index of the step that is current at `nowMs`, or undefined outside the trajectory. */
export const stepAt = (trajectory: Trajectory, nowMs: number): number | undefined => {
  const step = Math.floor((nowMs - trajectory.startMs) / trajectory.stepMs);
  return step >= 0 && step < trajectory.steps ? step : undefined;
};

/** Predicted position (NED, m) at `nowMs`, linear between steps, held before the start and after the end. */
export const positionAt = (trajectory: Trajectory, nowMs: number): Vector3 => {
  const raw = (nowMs - trajectory.startMs) / trajectory.stepMs;
  const clamped = Math.min(Math.max(raw, 0), trajectory.steps);
  const low = Math.min(Math.floor(clamped), trajectory.steps - 1);
  const share = clamped - low;
  const at = (index: number, axis: number): number => trajectory.positionNedM[3 * index + axis]!;
  const between = (axis: number): number =>
    at(low, axis) + share * (at(low + 1, axis) - at(low, axis));
  return { x: between(0), y: between(1), z: between(2) };
};
