import { ACTION_SIZE, STATE, STATE_SIZE, STEP_S } from '../spaces.ts';

/** The step of level-turn.ts in plain numbers, for one row; see there for the quantities and the changes. */

/** Cosine and sine of the yaw that a row was turned by. */
export interface Turned {
  cos: Float64Array;
  sin: Float64Array;
}

/** Writes the level quantities of row `row` of `states` [N × S] under action number `action` of [… × A], from `to` of `out` on. */
export const writeLevel = (
  states: Float64Array,
  row: number,
  actions: Float32Array,
  action: number,
  turned: Turned,
  out: Float32Array,
  to: number,
): void => {
  const at = row * STATE_SIZE;
  const wanted = action * ACTION_SIZE;
  const yaw = states[at + STATE.yaw]!;
  const cos = Math.cos(yaw);
  const sin = Math.sin(yaw);
  const north = states[at + STATE.velocity]!;
  const east = states[at + STATE.velocity + 1]!;
  const down = states[at + STATE.velocity + 2]!;
  const rate = states[at + STATE.yawRate]!;
  const northError = actions[wanted]! - north;
  const eastError = actions[wanted + 1]! - east;
  turned.cos[row] = cos;
  turned.sin[row] = sin;
  out[to] = cos * north + sin * east;
  out[to + 1] = cos * east - sin * north;
  out[to + 2] = down;
  out[to + 3] = rate;
  out[to + 4] = cos * northError + sin * eastError;
  out[to + 5] = cos * eastError - sin * northError;
  out[to + 6] = actions[wanted + 2]! - down;
  out[to + 7] = actions[wanted + 3]! - rate;
  out[to + 8] = states[at + STATE.tilt]!;
  out[to + 9] = states[at + STATE.tilt + 1]!;
  out[to + 10] = states[at + STATE.thrust]!;
};

/** Moves row `row` of `states` by the changes that stand from `from` of `changes` on. */
export const advanceRow = (
  states: Float64Array,
  row: number,
  turned: Turned,
  changes: Float32Array,
  from: number,
): void => {
  const at = row * STATE_SIZE;
  const cos = turned.cos[row]!;
  const sin = turned.sin[row]!;
  const ahead = changes[from]!;
  const right = changes[from + 1]!;
  move(states, at + STATE.position, at + STATE.velocity, cos * ahead - sin * right);
  move(states, at + STATE.position + 1, at + STATE.velocity + 1, sin * ahead + cos * right);
  move(states, at + STATE.position + 2, at + STATE.velocity + 2, changes[from + 2]!);
  move(states, at + STATE.yaw, at + STATE.yawRate, changes[from + 3]!);
  states[at + STATE.tilt]! += changes[from + 4]!;
  states[at + STATE.tilt + 1]! += changes[from + 5]!;
  states[at + STATE.thrust]! += changes[from + 6]!;
};

/** Trapezoid: the place moves by the mean of old and new rate. */
const move = (states: Float64Array, place: number, rate: number, change: number): void => {
  const before = states[rate]!;
  states[place]! += STEP_S * (before + change / 2);
  states[rate] = before + change;
};
