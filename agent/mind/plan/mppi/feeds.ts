import { clamp } from '#protocols/units.ts';
import {
  ACTION_SIZE,
  HISTORY_STEPS,
  OBSERVATION_SIZE,
  STATE_SIZE,
  STEP_S,
  writeState,
} from '#world/spaces.ts';
import type { PlanRequest } from '../../plan-port.ts';
import type { Briefing } from '../briefing.ts';
import { leastRange, rangeOf, SCENE_MOMENTS, type Occupancy } from '../scene.ts';
import type { PlanSettings } from '../settings.ts';
import { STOP_SHARES } from './clearance-cost.ts';
import type { NoiseBank } from './noise-bank.ts';
import { writeSequences } from './sampling.ts';

/** Where an unused slot stands, m: out of every plan's way. */
const NOWHERE_M = 1e5;

/** Seconds that a vehicle needs to come to rest after the horizon: when the neighbours are looked at for it. */
const REST_S = 2;

/** The arrays that one planner feeds again and again; sizes as the graph declares them. */
export type PlanFeeds = Record<string, Float32Array>;

export const planFeeds = (
  settings: PlanSettings,
  sequences: number,
  hasContext: boolean,
): PlanFeeds => {
  const { horizonSteps: steps, slots } = settings;
  const moments = steps + STOP_SHARES.length;
  const feeds: PlanFeeds = {
    state: new Float32Array(STATE_SIZE),
    previous: new Float32Array(3),
    referencePosition: new Float32Array(3 * steps),
    referenceTangent: new Float32Array(3 * steps),
    referenceVelocity: new Float32Array(3 * steps),
    neighbours: new Float32Array(4 * slots.neighbours * moments),
    neighbourBand: new Float32Array(slots.neighbours),
    obstacles: new Float32Array(4 * slots.obstacles),
    fence: new Float32Array(5 * slots.fenceEdges),
    bounds: new Float32Array(3),
    stopping: new Float32Array(2),
    sequences: new Float32Array(steps * sequences * ACTION_SIZE),
  };
  if (hasContext) feeds['history'] = new Float32Array(HISTORY_STEPS * OBSERVATION_SIZE);
  return feeds;
};

/** xyz interleaved from `from` on → axis after axis. */
const writePlanes = (out: Float32Array, interleaved: Float64Array, from: number): void => {
  const steps = out.length / 3;
  for (let step = 0; step < steps; step += 1) {
    for (let axis = 0; axis < 3; axis += 1) {
      out[axis * steps + step] = interleaved[from + 3 * step + axis]!;
    }
  }
};

/** Slower than this a velocity gives no direction, m/s. */
const STILL_MPS = 0.05;

const writeReference = ({ reference }: Briefing, feeds: PlanFeeds): void => {
  const { positions, velocities } = reference;
  writePlanes(feeds['referencePosition']!, positions, 3);
  writePlanes(feeds['referenceVelocity']!, velocities, 3);
  const tangent = feeds['referenceTangent']!;
  const steps = tangent.length / 3;
  for (let step = 0; step < steps; step += 1) {
    const x = velocities[3 * step + 3]!;
    const y = velocities[3 * step + 4]!;
    const z = velocities[3 * step + 5]!;
    const speed = Math.sqrt(x * x + y * y + z * z);
    const scale = speed > STILL_MPS ? 1 / speed : 0;
    tangent[step] = x * scale;
    tangent[steps + step] = y * scale;
    tangent[2 * steps + step] = z * scale;
  }
};

/** The moment of the scene that stands for moment `index` of the graph: the steps' ends, then the way to rest. */
const sceneMoment = (index: number, steps: number): number => {
  if (index < steps) return index + 1;
  const share = STOP_SHARES[index - steps]!;
  return Math.min(steps + Math.round((share * REST_S) / STEP_S), SCENE_MOMENTS - 1);
};

const writeNeighbours = (
  request: PlanRequest,
  { near, keepout }: Briefing,
  settings: PlanSettings,
  feeds: PlanFeeds,
): void => {
  const { slots, cost, horizonSteps: steps } = settings;
  const moments = steps + STOP_SHARES.length;
  const plane = slots.neighbours * moments;
  const packed = feeds['neighbours']!.fill(NOWHERE_M);
  packed.fill(0, 3 * plane);
  const band = feeds['neighbourBand']!.fill(1);
  const nearest = near.occupied
    .map((one: Occupancy, index) => ({
      one,
      needM: keepout.neighbourM[index]!,
      rangeM: leastRange(one.at),
    }))
    .sort((a, b) => a.rangeM - b.rangeM)
    .slice(0, slots.neighbours);
  for (let slot = 0; slot < nearest.length; slot += 1) {
    const { one, needM } = nearest[slot]!;
    // The smaller id keeps its way, so the larger begins to give way earlier.
    band[slot] = one.member < request.member ? cost.yieldBandM : cost.softBandM;
    for (let index = 0; index < moments; index += 1) {
      const from = 4 * sceneMoment(index, steps);
      const to = slot * moments + index;
      packed[to] = one.at[from]!;
      packed[plane + to] = one.at[from + 1]!;
      packed[2 * plane + to] = one.at[from + 2]!;
      packed[3 * plane + to] = one.at[from + 3]! + needM;
    }
  }
};

const writeObstacles = ({ near, keepout }: Briefing, slots: number, feeds: PlanFeeds): void => {
  const packed = feeds['obstacles']!.fill(NOWHERE_M);
  packed.fill(0, 2 * slots);
  const nearest = near.cylinders.toSorted((a, b) => rangeOf(a) - rangeOf(b)).slice(0, slots);
  for (const [slot, one] of nearest.entries()) {
    packed[slot] = one.x;
    packed[slots + slot] = one.y;
    packed[2 * slots + slot] = one.radiusM + keepout.obstacleM;
    packed[3 * slots + slot] = one.topZ - keepout.obstacleM;
  }
};

const writeFence = ({ near }: Briefing, slots: number, feeds: PlanFeeds): void => {
  const { edges } = near;
  const packed = feeds['fence']!.fill(NOWHERE_M);
  packed.fill(0, 2 * slots);
  const nearest = Array.from({ length: edges.length / 4 }, (_, index) => ({
    offset: 4 * index,
    gapM: edgeRange(edges, 4 * index),
  }))
    .sort((a, b) => a.gapM - b.gapM)
    .slice(0, slots);
  for (const [slot, { offset }] of nearest.entries()) {
    const dx = edges[offset + 2]! - edges[offset]!;
    const dy = edges[offset + 3]! - edges[offset + 1]!;
    packed[slot] = edges[offset]!;
    packed[slots + slot] = edges[offset + 1]!;
    packed[2 * slots + slot] = dx;
    packed[3 * slots + slot] = dy;
    packed[4 * slots + slot] = 1 / Math.max(1e-9, dx * dx + dy * dy);
  }
};

/** Metres from the scene's zero to a fence edge. */
const edgeRange = (edges: Float64Array, offset: number): number => {
  const ax = edges[offset]!;
  const ay = edges[offset + 1]!;
  const dx = edges[offset + 2]! - ax;
  const dy = edges[offset + 3]! - ay;
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : -(ax * dx + ay * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return Math.sqrt((ax + t * dx) ** 2 + (ay + t * dy) ** 2);
};

/** rad/s per step: what turns the vehicle's yaw into the planned one. */
const yawRatesOf = (
  request: PlanRequest,
  yawRad: Float32Array,
  mostRadps: number,
): Float32Array => {
  let before = request.vehicle.yawRad;
  return yawRad.map((yaw) => {
    // The first setpoint may lead the vehicle by more than one step's turn.
    const rate = clamp((yaw - before) / STEP_S, -mostRadps, mostRadps);
    before = yaw;
    return rate;
  });
};

/** Fills every input of the graph from a request; `feeds` is overwritten in place. */
export const writeFeeds = (
  request: PlanRequest,
  briefing: Briefing,
  yawRad: Float32Array,
  settings: PlanSettings,
  bank: NoiseBank,
  feeds: PlanFeeds,
): void => {
  const { slots } = settings;
  const { near, keepout, previous } = briefing;
  writeState(feeds['state']!, 0, request.vehicle);
  feeds['state']!.fill(0, 0, 3);
  feeds['previous']!.set(previous);
  const braking = Math.min(settings.stopping.brakingMps2, request.limits.maxAccelerationMps2);
  feeds['stopping']!.set([settings.stopping.lagS, braking]);
  feeds['bounds']!.set([
    keepout.fenceM,
    near.topZ + keepout.heightM,
    near.bottomZ - keepout.heightM,
  ]);
  if (request.history !== null) feeds['history']?.set(request.history);
  writeReference(briefing, feeds);
  writeNeighbours(request, briefing, settings, feeds);
  writeObstacles(briefing, slots.obstacles, feeds);
  writeFence(briefing, slots.fenceEdges, feeds);
  const yawRates = yawRatesOf(request, yawRad, settings.yaw.rateRadps);
  writeSequences(request, briefing, yawRates, bank, settings, feeds['sequences']!);
};
