import { ACTION_SIZE } from '#world/spaces.ts';
import type { PlanRequest } from '../../plan-port.ts';
import type { Briefing } from '../briefing.ts';
import { writeSetpoint } from '../setpoint.ts';
import type { PlanSettings } from '../settings.ts';
import type { NoiseBank } from './noise-bank.ts';
import { guessOf, nominalsOf } from './nominals.ts';

/**
 * Writes the sequences that a plan is chosen from, [H × N × A] step-major: guesses as they are, then guesses with smooth noise,
 * every setpoint within the limits of speed and change, so that whatever is chosen can be flown.
 */
export const writeSequences = (
  request: PlanRequest,
  briefing: Briefing,
  yawRateRadps: Float32Array,
  bank: NoiseBank,
  settings: PlanSettings,
  out: Float32Array,
): void => {
  const steps = settings.horizonSteps;
  const sequences = out.length / (steps * ACTION_SIZE);
  const guesses = nominalsOf(request, briefing, steps);
  // Members and seeds draw from different sets, so that two drones that meet do not dodge alike.
  const number = Math.abs(Math.trunc(request.requestId + 7 * request.member + request.seed));
  const noise = bank.set(number);
  const actions = new Float64Array(3 * steps);
  const wanted: [number, number, number] = [0, 0, 0];
  for (let sequence = 0; sequence < sequences; sequence += 1) {
    const { index, noisy } = guessOf(sequence, guesses.length);
    const guess = guesses[index]!;
    for (let step = 0; step < steps; step += 1) {
      for (let axis = 0; axis < 3; axis += 1) {
        const added = noisy ? noise[(sequence * steps + step) * 3 + axis]! : 0;
        wanted[axis] = guess[3 * step + axis]! + added;
      }
      const before = step === 0 ? briefing.previous : actions;
      const beforeOffset = step === 0 ? 0 : 3 * (step - 1);
      writeSetpoint(actions, step, before, beforeOffset, wanted, briefing.limits);
      const at = (step * sequences + sequence) * ACTION_SIZE;
      for (let axis = 0; axis < 3; axis += 1) out[at + axis] = actions[3 * step + axis]!;
      out[at + 3] = yawRateRadps[step]!;
    }
  }
};
