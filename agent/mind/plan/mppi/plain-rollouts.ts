import { ACTION_SIZE } from '#world/spaces.ts';
import type { PlanFeeds } from './feeds.ts';
import { STOP_SHARES } from './clearance-cost.ts';

/** One number per axis, moment and sequence, [moments × N] each. */
interface Axes {
  x: Float64Array;
  y: Float64Array;
  z: Float64Array;
}

const axesOf = (moments: number, count: number): Axes => ({
  x: new Float64Array(moments * count),
  y: new Float64Array(moments * count),
  z: new Float64Array(moments * count),
});

/** Fills `place` and `velocity` of every step of every sequence, all from one state [S]. */
export type Imagine = (rollouts: PlainRollouts, state: Float32Array) => void;

/**
 * N sequences rolled out through a model in plain numbers, moment by moment as the graph lays them out (see
 * clearance-cost.ts for the moments after the horizon). Made once; a rollout allocates nothing.
 */
export class PlainRollouts {
  readonly steps: number;
  readonly count: number;
  /** [H × N × A], the sequences: whoever fills them calls {@link roll}. */
  readonly actions: Float32Array;
  /** m, the steps and the way to rest after them. */
  readonly place: Axes;
  /** m/s, the steps. */
  readonly velocity: Axes;
  /** m, where the vehicle would come to rest after each step. */
  readonly rest: Axes;
  /** m: farthest from the scene's zero that any sequence is, per moment of `place` and of `rest`. */
  readonly placeReach: Float64Array;
  readonly restReach: Float64Array;
  readonly #imagine: Imagine;

  constructor(steps: number, actions: Float32Array, imagine: Imagine) {
    this.steps = steps;
    this.count = actions.length / (steps * ACTION_SIZE);
    this.actions = actions;
    this.#imagine = imagine;
    const moments = steps + STOP_SHARES.length;
    this.place = axesOf(moments, this.count);
    this.velocity = axesOf(steps, this.count);
    this.rest = axesOf(steps, this.count);
    this.placeReach = new Float64Array(moments);
    this.restReach = new Float64Array(steps);
  }

  roll({ state, stopping }: PlanFeeds): void {
    const [lagS = 0, brakingMps2 = 1] = stopping!;
    this.#imagine(this, state!);
    this.#stop(lagS, brakingMps2);
    measure(this.place, this.count, this.placeReach);
    measure(this.rest, this.count, this.restReach);
  }

  /** Way to rest from each velocity, v · (lag + |v| / 2a): where it ends, and places on it after the last step. */
  #stop(lagS: number, brakingMps2: number): void {
    const { place, velocity, rest, count, steps } = this;
    const size = steps * count;
    const last = size - count;
    for (let at = 0; at < size; at += 1) {
      const x = velocity.x[at]!;
      const y = velocity.y[at]!;
      const z = velocity.z[at]!;
      const seconds = lagS + (0.5 / brakingMps2) * Math.sqrt(x * x + y * y + z * z);
      rest.x[at] = place.x[at]! + x * seconds;
      rest.y[at] = place.y[at]! + y * seconds;
      rest.z[at] = place.z[at]! + z * seconds;
      if (at < last) continue;
      for (let index = 0; index < STOP_SHARES.length; index += 1) {
        const share = STOP_SHARES[index]!;
        const to = at + (index + 1) * count;
        place.x[to] = place.x[at]! + x * seconds * share;
        place.y[to] = place.y[at]! + y * seconds * share;
        place.z[to] = place.z[at]! + z * seconds * share;
      }
    }
  }
}

const measure = ({ x, y, z }: Axes, count: number, out: Float64Array): void => {
  for (let moment = 0; moment < out.length; moment += 1) {
    let most = 0;
    for (let at = moment * count; at < (moment + 1) * count; at += 1) {
      const squared = x[at]! * x[at]! + y[at]! * y[at]! + z[at]! * z[at]!;
      if (squared > most) most = squared;
    }
    out[moment] = Math.sqrt(most);
  }
};
