import { clamp } from '#protocols/units.ts';
import { STEP_S } from '#world/spaces.ts';
import type { PlanRequest } from '../plan-port.ts';

/** Bounds of a velocity setpoint and of its change, as the guard will enforce them. */
export interface SetpointLimits {
  horizontalMps: number;
  climbMps: number;
  descentMps: number;
  /** m/s per step of STEP_S, in norm. */
  slewMps: number;
}

/** A hair inside the guard's own limits, so that rounding to single precision never makes it cut. */
const INSIDE = 0.995;

export const setpointLimits = (
  limits: PlanRequest['limits'],
  accelerationShare: number,
): SetpointLimits => ({
  horizontalMps: INSIDE * limits.maxSpeedMps,
  climbMps: INSIDE * limits.maxClimbMps,
  descentMps: INSIDE * limits.maxDescentMps,
  slewMps: accelerationShare * limits.maxAccelerationMps2 * STEP_S,
});

/**
 * Writes step `step` of `actions`: the wanted setpoint within its bounds and within one slew of `before` (the action one
 * step earlier). The bounds form a convex body, so moving towards a point inside it stays inside.
 */
export const writeSetpoint = (
  actions: Float64Array,
  step: number,
  before: Float64Array,
  beforeOffset: number,
  wanted: readonly [number, number, number],
  limits: SetpointLimits,
): void => {
  const speed = Math.sqrt(wanted[0] * wanted[0] + wanted[1] * wanted[1]);
  const share = speed > limits.horizontalMps ? limits.horizontalMps / speed : 1;
  const z = clamp(wanted[2], -limits.climbMps, limits.descentMps);
  const dx = wanted[0] * share - before[beforeOffset]!;
  const dy = wanted[1] * share - before[beforeOffset + 1]!;
  const dz = z - before[beforeOffset + 2]!;
  const change = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const taken = change > limits.slewMps ? limits.slewMps / change : 1;
  actions[3 * step] = before[beforeOffset]! + taken * dx;
  actions[3 * step + 1] = before[beforeOffset + 1]! + taken * dy;
  actions[3 * step + 2] = before[beforeOffset + 2]! + taken * dz;
};
