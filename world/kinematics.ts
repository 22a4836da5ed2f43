import { add, multiply } from './graph/elementwise.ts';
import type { GraphBuilder, Value } from './graph/builder.ts';
import { concat, expand, slice } from './graph/layout.ts';
import type { DynamicsModel, DynamicsStep, PlacedModel } from './model.ts';
import { ACTION_SIZE, STATE, STEP_S } from './spaces.ts';

/**
 * A velocity setpoint answered by a first-order lag on each axis: v' = rate · (gain · setpoint − v).
 * It knows neither wind nor mass nor tilt; the numbers are fitted to flights.
 */
export interface KinematicParameters {
  /** 1/s. */
  horizontalRate: number;
  verticalRate: number;
  /** Share of a lasting setpoint that is reached; drag keeps it under one. */
  horizontalGain: number;
  verticalGain: number;
  /** (m/s)² that one step of STEP_S adds to the velocity's variance. */
  horizontalVariance: number;
  verticalVariance: number;
}

/**
 * Between what was fitted to simulated PX4 1.15 and 1.18 flights at low and at default drag: rates 0.8–1.2 and 1.7–2.1 s⁻¹,
 * gains 0.8–1.0; the variances give the 0.45 m/s that such a fit misses by after one second on another flight.
 */
export const KINEMATIC_DEFAULTS: KinematicParameters = {
  horizontalRate: 1.1,
  verticalRate: 1.9,
  horizontalGain: 0.95,
  verticalGain: 1,
  horizontalVariance: 0.02,
  verticalVariance: 0.008,
};

/** Shares of the old velocity that are left after one step, and of the setpoint that are taken up: per axis. */
export const stepShares = (
  parameters: KinematicParameters,
): { kept: number[]; taken: number[] } => {
  const horizontal = Math.exp(-parameters.horizontalRate * STEP_S);
  const vertical = Math.exp(-parameters.verticalRate * STEP_S);
  const toHorizontal = parameters.horizontalGain * (1 - horizontal);
  return {
    kept: [horizontal, horizontal, vertical],
    taken: [toHorizontal, toHorizontal, parameters.verticalGain * (1 - vertical)],
  };
};

/**
 * One step of STEP_S in plain numbers, in place: `motion` = position xyz (m) then velocity xyz (m/s), NED, from `offset`;
 * setpoint xyz (m/s, NED) from `setpointOffset`. Position moves by the mean of old and new velocity. Allocates nothing.
 */
export const kinematicStepper = (
  parameters: KinematicParameters,
): ((
  motion: Float64Array | Float32Array,
  offset: number,
  setpoint: Float64Array | Float32Array,
  setpointOffset: number,
) => void) => {
  const { kept, taken } = stepShares(parameters);
  return (motion, offset, setpoint, setpointOffset) => {
    for (let axis = 0; axis < 3; axis += 1) {
      const before = motion[offset + 3 + axis]!;
      const after = before * kept[axis]! + setpoint[setpointOffset + axis]! * taken[axis]!;
      motion[offset + axis] = motion[offset + axis]! + (STEP_S / 2) * (before + after);
      motion[offset + 3 + axis] = after;
    }
  };
};

/**
 * One standard deviation of the predicted position after 0 … steps steps, m, the larger axis: the covariance of position and
 * velocity carried through the lag, every step adding its variance to the velocity.
 */
export const kinematicSigma = (parameters: KinematicParameters, steps: number): Float32Array => {
  const kept = Math.exp(-parameters.horizontalRate * STEP_S);
  const added = parameters.horizontalVariance;
  const reach = (STEP_S / 2) * (1 + kept);
  const half = STEP_S / 2;
  const sigma = new Float32Array(steps + 1);
  let position = 0;
  let both = 0;
  let velocity = 0;
  for (let step = 1; step <= steps; step += 1) {
    // p' = p + reach · v + half · w and v' = kept · v + w, with w of variance `added`.
    position += 2 * reach * both + reach * reach * velocity + half * half * added;
    both = kept * (both + reach * velocity) + half * added;
    velocity = kept * kept * velocity + added;
    sigma[step] = Math.sqrt(position);
  }
  return sigma;
};

const placeKinematics = (graph: GraphBuilder, parameters: KinematicParameters): PlacedModel => {
  const shares = stepShares(parameters);
  const kept = graph.constant(shares.kept, [3]);
  const taken = graph.constant(shares.taken, [3]);
  const { horizontalVariance, verticalVariance } = parameters;
  const logHorizontal = Math.log(horizontalVariance);
  const logVariance = graph.constant(
    [logHorizontal, logHorizontal, Math.log(verticalVariance)],
    [3],
  );
  const step = (state: Value, action: Value): DynamicsStep => {
    const position = slice(state, 2, STATE.position, STATE.position + 3);
    const velocity = slice(state, 2, STATE.velocity, STATE.velocity + 3);
    const attitude = slice(state, 2, STATE.tilt, STATE.yaw);
    const yaw = slice(state, 2, STATE.yaw, STATE.yaw + 1);
    const setpoint = slice(action, 2, 0, 3);
    const yawRate = slice(action, 2, 3, ACTION_SIZE);
    const after = add(multiply(velocity, kept), multiply(setpoint, taken));
    const moved = add(position, multiply(add(velocity, after), STEP_S / 2));
    const turned = add(yaw, multiply(yawRate, STEP_S));
    return {
      state: concat([moved, after, attitude, turned, yawRate], 2),
      logVariance: expand(logVariance, after.shape),
      currentA: undefined,
    };
  };
  return { encode: () => undefined, step };
};

/** The analytic model behind the port: one member, no context. Keeps tilt and thrust as they are. */
export const kinematicsModel = (parameters: KinematicParameters): DynamicsModel => ({
  id: 'kinematics',
  version: '1',
  members: 1,
  contextSize: 0,
  place: (graph) => placeKinematics(graph, parameters),
});
