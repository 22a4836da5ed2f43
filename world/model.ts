import type { GraphBuilder, Value } from './graph/builder.ts';

/**
 * The port that every dynamics model stands behind, analytic or learned. A model does not compute: it places ONNX nodes
 * in somebody's graph, so that one planner graph is built over either. Sizes and meanings of state, action and observation
 * are those of `spaces.ts`; one step is STEP_S = 0.1 s.
 *
 * M = `members` (1 for an analytic model), N = rollouts per member, C = `contextSize`,
 * L = HISTORY_STEPS, O = OBSERVATION_SIZE, S = STATE_SIZE, A = ACTION_SIZE. All float32.
 * Every tensor of a rollout has the members in front: [M, N, …] means that member m rolls out its own N states.
 *  - One member per sequence (trajectory sampling, PETS, Chua et al. 2018): lay M·N sequences out as [M, N, …].
 *  - Every sequence on every member (scoring, disagreement): expand [1, N, …] to [M, N, …].
 */
export interface DynamicsModel {
  /** `kinematics` or the release's name. */
  readonly id: string;
  readonly version: string;
  readonly members: number;
  /** 0 for a model without context. */
  readonly contextSize: number;
  /** Puts the model's weights into `graph` once; what it returns may be used there and in its loop bodies. */
  place(graph: GraphBuilder): PlacedModel;
}

export interface PlacedModel {
  /**
   * What the last second says about wind, mass, sag: histories [B, L, O], or one history [L, O], → [M, B, C].
   * Call it once per plan, outside the loop over the horizon. A model without context returns undefined.
   */
  encode(histories: Value): Value | undefined;
  /**
   * One step of STEP_S: state [M, N, S], action [M, N, A] (velocity setpoint NED m/s, yaw rate rad/s), context as
   * `encode` returned it: [M, 1, C] shared by all rollouts, or [M, N, C]. May be called inside a loop body, with a
   * context from outside it.
   */
  step(state: Value, action: Value, context: Value | undefined): DynamicsStep;
}

export interface DynamicsStep {
  /** [M, N, S]. Position moves by the mean of old and new velocity. */
  readonly state: Value;
  /**
   * [M, N, 3]: natural logarithm of the variance, (m/s)², that this step adds to the velocity in level body (ahead, right, down).
   * Sum the variances over the steps; `uncertainty.ts` turns sums into calibrated intervals.
   */
  readonly logVariance: Value;
  /** [M, N, 1]: battery current after the step, ampere; undefined if the model does not predict it. */
  readonly currentA: Value | undefined;
}
