import type { Value } from '#world/graph/builder.ts';
import * as op from '#world/graph/elementwise.ts';
import { STEP_S } from '#world/spaces.ts';
import type { PlanSettings } from '../settings.ts';
import { dotOf, each, joined, rowsOf, squaredOf, type Planes } from './planes.ts';

/** Where the vehicle should be, step by step, [H, 1] per axis: m, unit vector along the path, m/s. */
export interface ReferenceInputs {
  position: Planes;
  tangent: Planes;
  velocity: Planes;
}

/** The motion of N sequences, [H, N] per axis. */
export interface SampledMotion {
  /** m. */
  position: Planes;
  /** m/s. */
  velocity: Planes;
  /** Velocity setpoint, m/s. */
  setpoint: Planes;
}

/** Quadratic near zero, linear beyond `huge`: √(1 + x²/h²) − 1, scaled to x² at zero (Charbonnier et al. 1994). */
const tamed = (squared: Value, huge: number, weight: number): Value => {
  const root = op.sqrt(op.add(op.multiply(squared, 1 / (huge * huge)), 1));
  return op.multiply(op.subtract(root, 1), 2 * huge * huge * weight);
};

/**
 * Cost of not being where and as fast as the reference is, and of busy setpoints: [H, N]. Being off across the path costs
 * more than being late on it, so that a vehicle that must give way slows down or goes round, whichever is less.
 * `previous`: the setpoint in force before the first step, [1, 1] per axis.
 */
export const trackingCost = (
  motion: SampledMotion,
  reference: ReferenceInputs,
  previous: Planes,
  settings: PlanSettings['cost'],
): Value => {
  const off = each(motion.position, reference.position, op.subtract);
  const along = op.square(dotOf(off, reference.tangent));
  const across = op.relu(op.subtract(squaredOf(off), along));
  const speed = squaredOf(each(motion.velocity, reference.velocity, op.subtract));
  const effort = squaredOf(setpointChange(motion.setpoint, previous));
  const path = op.add(
    tamed(across, settings.hugeM, settings.lateral),
    tamed(along, settings.hugeM, settings.along),
  );
  const manner = op.add(
    op.multiply(speed, settings.velocity),
    op.multiply(effort, settings.effort / (STEP_S * STEP_S)),
  );
  return op.add(path, manner);
};

/** Each setpoint minus the one before it, the first minus `previous`. */
const setpointChange = (setpoint: Planes, previous: Planes): Planes => {
  const steps = setpoint.x.shape[0]!;
  const first = each(rowsOf(setpoint, 0, 1), previous, op.subtract);
  const later = each(rowsOf(setpoint, 1, steps), rowsOf(setpoint, 0, steps - 1), op.subtract);
  return joined(first, later);
};
