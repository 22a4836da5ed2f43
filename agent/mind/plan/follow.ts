import type { Vector3 } from '#protocols/vector.ts';
import type { KinematicParameters } from '#world/kinematics.ts';
import { STEP_S } from '#world/spaces.ts';
import { emptyMotion, type Motion, type Stepper } from './motion.ts';
import type { Reference } from './reference.ts';
import { writeSetpoint, type SetpointLimits } from './setpoint.ts';

/** 1/s: how fast a predicted departure from the reference is flown back. */
const RETURN_RATE = 0.8;

/**
 * Setpoints that make a first-order vehicle follow a reference: they lead its velocity by the lag (v + v'/rate) and pull
 * back what the slew limit makes it miss. `previous` is the action in force before the first step.
 */
export const followReference = (
  reference: Reference,
  steps: number,
  previous: Vector3,
  limits: SetpointLimits,
  kinematics: KinematicParameters,
  stepper: Stepper,
): Motion => {
  const motion = emptyMotion(steps);
  const { positions, velocities } = reference;
  const before = new Float64Array([previous.x, previous.y, previous.z]);
  const state = new Float64Array(6);
  state.set(velocities.subarray(0, 3), 3);
  motion.velocities.set(velocities.subarray(0, 3));
  const { horizontalRate, verticalRate, horizontalGain, verticalGain } = kinematics;
  const wanted: [number, number, number] = [0, 0, 0];
  for (let step = 0; step < steps; step += 1) {
    for (let axis = 0; axis < 3; axis += 1) {
      const rate = axis < 2 ? horizontalRate : verticalRate;
      const after = velocities[3 * (step + 1) + axis]!;
      const acceleration = (after - velocities[3 * step + axis]!) / STEP_S;
      const missed = positions[3 * step + axis]! - state[axis]!;
      const gain = axis < 2 ? horizontalGain : verticalGain;
      wanted[axis] = (after + acceleration / rate + RETURN_RATE * missed) / gain;
    }
    const from = step === 0 ? before : motion.actions;
    writeSetpoint(motion.actions, step, from, step === 0 ? 0 : 3 * (step - 1), wanted, limits);
    stepper(state, 0, motion.actions, 3 * step);
    for (let axis = 0; axis < 3; axis += 1) {
      motion.positions[3 * (step + 1) + axis] = state[axis]!;
      motion.velocities[3 * (step + 1) + axis] = state[3 + axis]!;
    }
  }
  return motion;
};
