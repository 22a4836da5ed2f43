import { ACTION_SIZE } from '#world/spaces.ts';
import type { PlainRollouts } from './plain-rollouts.ts';

/**
 * The `most` cheapest, cheapest first; what is no number is dearest, and of two equal the earlier comes first. Sorted by
 * insertion into what is kept: for so few, comparing by a function costs more than moving.
 */
export const byCost = (cost: Float64Array, most: number): number[] => {
  const order: number[] = [];
  for (let index = 0; index < cost.length; index += 1) {
    const value = keyOf(cost, index);
    if (order.length === most && !(value < keyOf(cost, order[most - 1]!))) continue;
    let at = order.length === most ? most - 1 : order.length;
    for (; at > 0 && value < keyOf(cost, order[at - 1]!); at -= 1) order[at] = order[at - 1]!;
    order[at] = index;
  }
  return order;
};

const keyOf = (cost: Float64Array, index: number): number => {
  const value = cost[index]!;
  return Number.isNaN(value) ? Infinity : value;
};

/** Writes the elites' weighted mean, [H × A], as `weigh` in graph.ts makes it. */
export const writeMean = (
  { actions, count, steps }: PlainRollouts,
  elites: readonly number[],
  cost: Float64Array,
  temperature: number,
  out: Float32Array,
): void => {
  const best = cost[elites[0]!]!;
  const scale = (cost[elites.at(-1)!]! - best) * temperature + 1e-6;
  const weights = elites.map((index) => Math.exp((best - cost[index]!) / scale));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (let step = 0; step < steps; step += 1) {
    for (let column = 0; column < ACTION_SIZE; column += 1) {
      let value = 0;
      for (let index = 0; index < elites.length; index += 1) {
        const at = (step * count + elites[index]!) * ACTION_SIZE + column;
        value += weights[index]! * actions[at]!;
      }
      out[step * ACTION_SIZE + column] = value / sum;
    }
  }
};
