import type { Value } from '#world/graph/builder.ts';
import * as op from '#world/graph/elementwise.ts';
import { slice } from '#world/graph/layout.ts';
import { reduceMin, reduceSum } from '#world/graph/reduce.ts';
import type { PlanSettings } from '../settings.ts';
import { each, joined, part, rowsOf, squaredOf, type Planes } from './planes.ts';
import type { SampledMotion } from './tracking-cost.ts';

/**
 * What must not be touched, in the scene's frame, m. T = H + STOP_SHARES.length moments: the steps and the way to rest after
 * them. Unused slots stand far away.
 */
export interface ClearanceInputs {
  /** [4, K, T, 1]: x, y, z and hard distance of each neighbour at each moment. */
  neighbours: Value;
  /** [K, 1, 1]: metres before the hard distance at which it begins to cost. */
  neighbourBand: Value;
  /** [4, O, 1, 1]: x, y, hard radius, and the z above which (smaller z) the way is free. */
  obstacles: Value;
  /** [5, E, 1, 1]: a point of each fence edge (x, y), the edge's vector (x, y), one over its length squared. */
  fence: Value;
  /** [3]: hard distance to the fence, smallest and largest z. */
  bounds: Value;
  /** [2]: seconds flown on before braking shows, deceleration then, m/s². */
  stopping: Value;
}

/** Shares of the way to rest after the horizon at which clearance is looked at too. */
export const STOP_SHARES = [0.5, 1] as const;

/** m: a gap that costs nothing. */
const FAR_M = 1000;

/** Entry `index` of a vector, [1]. */
const entry = (vector: Value, index: number): Value => slice(vector, 0, index, index + 1);

/** Way to rest from each velocity: v · (lag + |v| / 2a). */
const wayToRest = (velocity: Planes, stopping: Value): Planes => {
  const speed = op.sqrt(squaredOf(velocity));
  const halfInverse = op.divide(0.5, entry(stopping, 1));
  const seconds = op.add(op.multiply(speed, halfInverse), entry(stopping, 0));
  return {
    x: op.multiply(velocity.x, seconds),
    y: op.multiply(velocity.y, seconds),
    z: op.multiply(velocity.z, seconds),
  };
};

/** Cost of gaps [T, N] (m beyond the hard line): none from `band` on, rising to it, a wall behind it. */
const wall = (gap: Value, band: number, settings: PlanSettings['cost']): Value => {
  const depth = op.relu(op.subtract(1, op.multiply(gap, 1 / band)));
  const inside = op.cast(op.less(gap, 0), 'float32');
  return op.add(op.multiply(op.square(depth), settings.soft), op.multiply(inside, settings.hard));
};

/** m beyond the hard distance to the nearest fence edge, [T, N]. */
const fenceGap = ({ x, y }: Planes, fence: Value, hard: Value): Value => {
  const px = op.subtract(x, part(fence, 0));
  const py = op.subtract(y, part(fence, 1));
  const dx = part(fence, 2);
  const dy = part(fence, 3);
  // Edge vector over its length squared: the share of the edge abreast of the place.
  const inverse = part(fence, 4);
  const along = op.add(
    op.multiply(px, op.multiply(dx, inverse)),
    op.multiply(py, op.multiply(dy, inverse)),
  );
  const t = op.clip(along, 0, 1);
  const ex = op.subtract(px, op.multiply(t, dx));
  const ey = op.subtract(py, op.multiply(t, dy));
  const squared = reduceMin(op.add(op.square(ex), op.square(ey)), [0]);
  return op.subtract(op.sqrt(squared), hard);
};

const obstacleGap = ({ x, y, z }: Planes, obstacles: Value): Value => {
  const dx = op.subtract(x, part(obstacles, 0));
  const dy = op.subtract(y, part(obstacles, 1));
  const distance = op.sqrt(op.add(op.square(dx), op.square(dy)));
  const gap = op.subtract(distance, part(obstacles, 2));
  return reduceMin(op.where(op.less(z, part(obstacles, 3)), FAR_M, gap), [0]);
};

/** Gap to each neighbour in units of its own band, the least over them, [T, N]: so one wall serves all. */
const neighbourGap = ({ x, y, z }: Planes, neighbours: Value, band: Value): Value => {
  const dx = op.subtract(x, part(neighbours, 0));
  const dy = op.subtract(y, part(neighbours, 1));
  const dz = op.subtract(z, part(neighbours, 2));
  const squared = op.add(op.add(op.square(dx), op.square(dy)), op.square(dz));
  const gap = op.subtract(op.sqrt(squared), part(neighbours, 3));
  return reduceMin(op.divide(gap, band), [0]);
};

/** The motion's places, then those on the way to rest from its end: [T, N] per axis. */
const withStop = (position: Planes, rest: Planes): Planes => {
  const steps = position.x.shape[0]!;
  const last = rowsOf(position, steps - 1, steps);
  const lastRest = rowsOf(rest, steps - 1, steps);
  return STOP_SHARES.reduce(
    (places, share) =>
      joined(
        places,
        each(last, lastRest, (from, way) => op.add(from, op.multiply(way, share))),
      ),
    position,
  );
};

/**
 * Cost of coming near to anything, [N]: neighbours' tubes, obstacles and heights at every step and on the way to rest
 * after the last; the fence as seen from where the vehicle would come to rest after each step, as the guard looks at it.
 */
export const clearanceCost = (
  motion: SampledMotion,
  inputs: ClearanceInputs,
  settings: PlanSettings['cost'],
): Value => {
  const rest = wayToRest(motion.velocity, inputs.stopping);
  const place = withStop(motion.position, rest);
  const bound = (index: number): Value => entry(inputs.bounds, index);
  const height = op.minimum(op.subtract(place.z, bound(1)), op.subtract(bound(2), place.z));
  const neighbour = neighbourGap(place, inputs.neighbours, inputs.neighbourBand);
  const together = op.add(
    op.add(
      wall(neighbour, 1, settings),
      wall(obstacleGap(place, inputs.obstacles), settings.softBandM, settings),
    ),
    wall(height, settings.heightBandM, settings),
  );
  const restPlace = each(motion.position, rest, op.add);
  const fence = wall(fenceGap(restPlace, inputs.fence, bound(0)), settings.softBandM, settings);
  return op.add(reduceSum(together, [0]), reduceSum(fence, [0]));
};
