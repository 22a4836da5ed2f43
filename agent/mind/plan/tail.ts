import { MAX_TRAJECTORY_STEPS } from '#protocols/trajectory.ts';
import { clearanceAlong, type Keepout } from './clearance.ts';
import { emptyMotion, predict, type Motion, type Stepper } from './motion.ts';
import type { Scene } from './scene.ts';
import { writeSetpoint, type SetpointLimits } from './setpoint.ts';
import type { PlanSettings } from './settings.ts';

/** A motion that ends in a hover. */
export interface Stopping extends Motion {
  /** The last of `steps`. */
  tailSteps: number;
}

const STILL: readonly [number, number, number] = [0, 0, 0];

/**
 * Appends a stopping tail: setpoints go to zero as fast as `limits` allow and stay there until the predicted vehicle is
 * still. Whoever loses its planner flies this tail, so it is part of every plan and checked with it.
 */
export const withStoppingTail = (
  motion: Motion,
  limits: SetpointLimits,
  settings: PlanSettings['tail'],
  stepper: Stepper,
): Stopping => {
  const whole = emptyMotion(MAX_TRAJECTORY_STEPS);
  whole.actions.set(motion.actions);
  whole.positions.set(motion.positions);
  whole.velocities.set(motion.velocities);
  for (let step = motion.steps; step < whole.steps; step += 1) {
    writeSetpoint(whole.actions, step, whole.actions, 3 * (step - 1), STILL, limits);
  }
  predict(whole, motion.steps, stepper);
  let steps = Math.min(motion.steps + settings.least, whole.steps);
  while (steps < whole.steps && speedAt(whole, steps) > settings.stillMps) steps += 1;
  return {
    steps,
    tailSteps: steps - motion.steps,
    actions: whole.actions.subarray(0, 3 * steps),
    positions: whole.positions.subarray(0, 3 * (steps + 1)),
    velocities: whole.velocities.subarray(0, 3 * (steps + 1)),
  };
};

const speedAt = ({ velocities }: Motion, step: number): number => {
  const x = velocities[3 * step]!;
  const y = velocities[3 * step + 1]!;
  const z = velocities[3 * step + 2]!;
  return Math.sqrt(x * x + y * y + z * z);
};

/** Metres by which the whole motion, its tail included, keeps the keepout; negative when it breaks it somewhere. */
export const clearanceOf = (
  scene: Scene,
  keepout: Keepout,
  motion: Motion,
  enough = -Infinity,
): number => clearanceAlong(scene, keepout, motion.positions, motion.steps, enough);
