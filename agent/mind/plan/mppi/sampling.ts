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
  const { limits, previous } = briefing;
  const wanted: [number, number, number] = [0, 0, 0];
  const now = new Float64Array(3);
  for (let sequence = 0; sequence < sequences; sequence += 1) {
    const { index, noisy } = guessOf(sequence, guesses.length);
    const guess = guesses[index]!;
    now[0] = previous[0]!;
    now[1] = previous[1]!;
    now[2] = previous[2]!;
    for (let step = 0; step < steps; step += 1) {
      const from = 3 * step;
      const added = 3 * (sequence * steps + step);
      wanted[0] = guess[from]! + (noisy ? noise[added]! : 0);
      wanted[1] = guess[from + 1]! + (noisy ? noise[added + 1]! : 0);
      wanted[2] = guess[from + 2]! + (noisy ? noise[added + 2]! : 0);
      writeSetpoint(now, 0, now, 0, wanted, limits);
      const at = (step * sequences + sequence) * ACTION_SIZE;
      out[at] = now[0]!;
      out[at + 1] = now[1]!;
      out[at + 2] = now[2]!;
      out[at + 3] = yawRateRadps[step]!;
    }
  }
};
