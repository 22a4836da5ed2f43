import { STEP_S } from '#world/spaces.ts';
import type { PlanSettings } from '../settings.ts';
import type { PlanFeeds } from './feeds.ts';
import type { PlainRollouts } from './plain-rollouts.ts';

type Weights = PlanSettings['cost'];

/** As `wall` in clearance-cost.ts. */
const wall = (gap: number, band: number, { soft, hard }: Weights): number => {
  if (gap >= band) return 0;
  const depth = 1 - gap / band;
  return soft * depth * depth + (gap < 0 ? hard : 0);
};

/** As `tamed` in tracking-cost.ts. */
const tamed = (squared: number, huge: number, weight: number): number =>
  (Math.sqrt(squared / (huge * huge) + 1) - 1) * 2 * huge * huge * weight;

/** Adds the tracking cost of step `step` to every sequence's cost. */
const addTracking = (
  rollouts: PlainRollouts,
  feeds: PlanFeeds,
  step: number,
  weights: Weights,
  cost: Float64Array,
): void => {
  const { place, velocity, actions, count, steps } = rollouts;
  const position = feeds['referencePosition']!;
  const tangent = feeds['referenceTangent']!;
  const wanted = feeds['referenceVelocity']!;
  const previous = feeds['previous']!;
  const [rx, ry, rz] = [position[step]!, position[steps + step]!, position[2 * steps + step]!];
  const [tx, ty, tz] = [tangent[step]!, tangent[steps + step]!, tangent[2 * steps + step]!];
  const [wx, wy, wz] = [wanted[step]!, wanted[steps + step]!, wanted[2 * steps + step]!];
  const effort = weights.effort / (STEP_S * STEP_S);
  for (let sequence = 0; sequence < count; sequence += 1) {
    const at = step * count + sequence;
    const dx = place.x[at]! - rx;
    const dy = place.y[at]! - ry;
    const dz = place.z[at]! - rz;
    const forward = dx * tx + dy * ty + dz * tz;
    const along = forward * forward;
    const across = Math.max(0, dx * dx + dy * dy + dz * dz - along);
    const vx = velocity.x[at]! - wx;
    const vy = velocity.y[at]! - wy;
    const vz = velocity.z[at]! - wz;
    const before = step === 0 ? previous : actions;
    const from = step === 0 ? 0 : 4 * (at - count);
    const ux = actions[4 * at]! - before[from]!;
    const uy = actions[4 * at + 1]! - before[from + 1]!;
    const uz = actions[4 * at + 2]! - before[from + 2]!;
    cost[sequence]! +=
      tamed(across, weights.hugeM, weights.lateral) +
      tamed(along, weights.hugeM, weights.along) +
      (vx * vx + vy * vy + vz * vz) * weights.velocity +
      (ux * ux + uy * uy + uz * uz) * effort;
  }
};

/** The least of the gaps that were found, per sequence; Infinity: nothing costs. */
type Gaps = Float64Array;

/**
 * Each neighbour's gap at one moment in units of its own band. One that no sequence can have come near to at that moment costs
 * nothing and is passed over.
 */
const neighbourGaps = (
  rollouts: PlainRollouts,
  feeds: PlanFeeds,
  moment: number,
  gaps: Gaps,
): boolean => {
  const { place, count, placeReach } = rollouts;
  const packed = feeds['neighbours']!;
  const bands = feeds['neighbourBand']!;
  const moments = placeReach.length;
  const plane = bands.length * moments;
  let any = false;
  for (let slot = 0; slot < bands.length; slot += 1) {
    const from = slot * moments + moment;
    const x = packed[from]!;
    const y = packed[plane + from]!;
    const z = packed[2 * plane + from]!;
    const hardM = packed[3 * plane + from]!;
    const band = bands[slot]!;
    const rangeM = Math.sqrt(x * x + y * y + z * z);
    if (rangeM - placeReach[moment]! >= hardM + band) continue;
    if (!any) gaps.fill(Infinity);
    any = true;
    for (let sequence = 0; sequence < count; sequence += 1) {
      const at = moment * count + sequence;
      const dx = place.x[at]! - x;
      const dy = place.y[at]! - y;
      const dz = place.z[at]! - z;
      const gap = (Math.sqrt(dx * dx + dy * dy + dz * dz) - hardM) / band;
      if (gap < gaps[sequence]!) gaps[sequence] = gap;
    }
  }
  return any;
};

const obstacleGaps = (
  rollouts: PlainRollouts,
  feeds: PlanFeeds,
  moment: number,
  bandM: number,
  gaps: Gaps,
): boolean => {
  const { place, count, placeReach } = rollouts;
  const packed = feeds['obstacles']!;
  const slots = packed.length / 4;
  let any = false;
  for (let slot = 0; slot < slots; slot += 1) {
    const x = packed[slot]!;
    const y = packed[slots + slot]!;
    const hardM = packed[2 * slots + slot]!;
    const topZ = packed[3 * slots + slot]!;
    if (Math.sqrt(x * x + y * y) - placeReach[moment]! >= hardM + bandM) continue;
    if (!any) gaps.fill(Infinity);
    any = true;
    for (let sequence = 0; sequence < count; sequence += 1) {
      const at = moment * count + sequence;
      if (place.z[at]! < topZ) continue;
      const dx = place.x[at]! - x;
      const dy = place.y[at]! - y;
      const gap = Math.sqrt(dx * dx + dy * dy) - hardM;
      if (gap < gaps[sequence]!) gaps[sequence] = gap;
    }
  }
  return any;
};

/** Squared metres to the fence edge in `slot`; `inverse`: see ClearanceInputs.fence. */
const edgeSquared = (fence: Float32Array, slot: number, x: number, y: number): number => {
  const slots = fence.length / 5;
  const px = x - fence[slot]!;
  const py = y - fence[slots + slot]!;
  const dx = fence[2 * slots + slot]!;
  const dy = fence[3 * slots + slot]!;
  const along = (px * dx + py * dy) * fence[4 * slots + slot]!;
  const t = along < 0 ? 0 : along > 1 ? 1 : along;
  const ex = px - t * dx;
  const ey = py - t * dy;
  return ex * ex + ey * ey;
};

/** Gaps to the fence from where each sequence would come to rest after step `step`. */
const fenceGaps = (
  rollouts: PlainRollouts,
  feeds: PlanFeeds,
  step: number,
  bandM: number,
  gaps: Gaps,
): boolean => {
  const { rest, count, restReach } = rollouts;
  const fence = feeds['fence']!;
  const hardM = feeds['bounds']![0]!;
  const farM = restReach[step]! + hardM + bandM;
  let any = false;
  for (let slot = 0; slot < fence.length / 5; slot += 1) {
    if (farM < 0 || edgeSquared(fence, slot, 0, 0) >= farM * farM) continue;
    if (!any) gaps.fill(Infinity);
    any = true;
    for (let sequence = 0; sequence < count; sequence += 1) {
      const at = step * count + sequence;
      const squared = edgeSquared(fence, slot, rest.x[at]!, rest.y[at]!);
      if (squared < gaps[sequence]!) gaps[sequence] = squared;
    }
  }
  if (any)
    for (let index = 0; index < count; index += 1) gaps[index] = Math.sqrt(gaps[index]!) - hardM;
  return any;
};

const addWalls = (gaps: Gaps, bandM: number, weights: Weights, cost: Float64Array): void => {
  for (let sequence = 0; sequence < gaps.length; sequence += 1) {
    cost[sequence]! += wall(gaps[sequence]!, bandM, weights);
  }
};

const addHeights = (
  { place, count }: PlainRollouts,
  bounds: Float32Array,
  moment: number,
  weights: Weights,
  cost: Float64Array,
): void => {
  for (let sequence = 0; sequence < count; sequence += 1) {
    const z = place.z[moment * count + sequence]!;
    cost[sequence]! += wall(Math.min(z - bounds[1]!, bounds[2]! - z), weights.heightBandM, weights);
  }
};

/**
 * What each of the rolled-out sequences costs, per step, into `cost` [N]: the sum of trackingCost and clearanceCost in plain
 * numbers of double precision. `gaps` [N] is scratch.
 */
export const plainCost = (
  rollouts: PlainRollouts,
  feeds: PlanFeeds,
  weights: Weights,
  cost: Float64Array,
  gaps: Float64Array,
): void => {
  const { steps, placeReach } = rollouts;
  cost.fill(0);
  for (let moment = 0; moment < placeReach.length; moment += 1) {
    if (neighbourGaps(rollouts, feeds, moment, gaps)) addWalls(gaps, 1, weights, cost);
    if (obstacleGaps(rollouts, feeds, moment, weights.softBandM, gaps)) {
      addWalls(gaps, weights.softBandM, weights, cost);
    }
    addHeights(rollouts, feeds['bounds']!, moment, weights, cost);
    if (moment >= steps) continue;
    addTracking(rollouts, feeds, moment, weights, cost);
    if (fenceGaps(rollouts, feeds, moment, weights.softBandM, gaps)) {
      addWalls(gaps, weights.softBandM, weights, cost);
    }
  }
  for (let sequence = 0; sequence < cost.length; sequence += 1) cost[sequence]! /= steps;
};
