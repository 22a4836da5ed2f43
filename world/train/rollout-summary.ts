import { DISAGREEMENT_STEPS } from '../disagreement.ts';
import { HISTORY_STEPS, STATE, STATE_SIZE } from '../spaces.ts';
import type { Dataset } from './dataset.ts';
import { ROW, ROW_SIZE } from './flight.ts';

/** Predictions against what happened, for each window [count], step [horizon] and axis [3], row-major. */
export interface Rollouts {
  readonly count: number;
  readonly horizon: number;
  /** Mean of the members minus truth, level body of the true yaw (ahead, right, down), m/s. */
  readonly velocityError: Float32Array;
  /** The same for the way flown since the rollout's start, m. */
  readonly positionError: Float32Array;
  /** Variance that the model claims for the velocity: its steps' variances summed, plus that between members, (m/s)². */
  readonly variance: Float32Array;
  /** One number per window, m/s: see `disagreement.ts`. */
  readonly disagreement: Float32Array;
  readonly flightOf: Int32Array;
}

export interface RolloutBatch {
  /** [horizon, members, width, STATE_SIZE]. */
  readonly states: Float32Array;
  /** [horizon, members, width, 3]. */
  readonly logVariances: Float32Array;
  readonly members: number;
  readonly width: number;
  /** First window, and how many of the batch count. */
  readonly from: number;
  readonly used: number;
}

/** Scratch of one step: mean over the members and variance between them, NED. */
interface Moments {
  readonly mean: Float64Array;
  readonly spread: Float64Array;
}

/** Mean of position and velocity (6 columns) over the members at one step, and their variance. */
const momentsAt = (batch: RolloutBatch, step: number, row: number, moments: Moments): void => {
  const { mean, spread } = moments;
  for (let column = 0; column < 6; column += 1) {
    let sum = 0;
    let squares = 0;
    for (let member = 0; member < batch.members; member += 1) {
      const at = ((step * batch.members + member) * batch.width + row) * STATE_SIZE + column;
      const value = batch.states[at]!;
      sum += value;
      squares += value * value;
    }
    mean[column] = sum / batch.members;
    spread[column] = Math.max(0, squares / batch.members - mean[column]! ** 2);
  }
};

/** Writes a NED difference into level body. */
const writeLevel = (
  out: Float32Array,
  at: number,
  north: number,
  east: number,
  down: number,
  yawRad: number,
): void => {
  const cosYaw = Math.cos(yawRad);
  const sinYaw = Math.sin(yawRad);
  out[at] = cosYaw * north + sinYaw * east;
  out[at + 1] = cosYaw * east - sinYaw * north;
  out[at + 2] = down;
};

const summariseWindow = (
  rollouts: Rollouts,
  dataset: Dataset,
  batch: RolloutBatch,
  row: number,
  moments: Moments,
): void => {
  const window = batch.from + row;
  const now = (dataset.starts[window]! + HISTORY_STEPS - 1) * ROW_SIZE + ROW.state;
  const sums = [0, 0, 0];
  let disagreement = 0;
  for (let step = 0; step < rollouts.horizon; step += 1) {
    momentsAt(batch, step, row, moments);
    const { mean, spread } = moments;
    const then = now + (step + 1) * ROW_SIZE;
    const truth = (column: number): number => dataset.table[then + column]!;
    const at = (window * rollouts.horizon + step) * 3;
    const yaw = truth(STATE.yaw);
    const off = [0, 1, 2, 3, 4, 5].map((column) => mean[column]! - truth(column));
    writeLevel(rollouts.positionError, at, off[0]!, off[1]!, off[2]!, yaw);
    writeLevel(rollouts.velocityError, at, off[3]!, off[4]!, off[5]!, yaw);
    // The members' horizontal scatter is taken as round: it is small beside the noise, and its axes do not matter.
    const horizontal = (spread[3]! + spread[4]!) / 2;
    for (let axis = 0; axis < 3; axis += 1) {
      for (let member = 0; member < batch.members; member += 1) {
        const cell = ((step * batch.members + member) * batch.width + row) * 3 + axis;
        sums[axis]! += Math.exp(batch.logVariances[cell]!) / batch.members;
      }
      rollouts.variance[at + axis] = sums[axis]! + (axis === 2 ? spread[5]! : horizontal);
    }
    if (step < DISAGREEMENT_STEPS) {
      disagreement += Math.sqrt((spread[3]! + spread[4]! + spread[5]!) / 3);
    }
  }
  rollouts.disagreement[window] = disagreement / Math.min(DISAGREEMENT_STEPS, rollouts.horizon);
};

/** Adds one batch of raw predictions to `rollouts`. */
export const summariseBatch = (rollouts: Rollouts, dataset: Dataset, batch: RolloutBatch): void => {
  const moments = { mean: new Float64Array(6), spread: new Float64Array(6) };
  for (let row = 0; row < batch.used; row += 1) {
    summariseWindow(rollouts, dataset, batch, row, moments);
  }
};
