import { seededRandom } from '#protocols/random.ts';
import type { PlanSettings } from '../settings.ts';

/**
 * Smooth random curves, made once: [sets][N × H × 3], m/s. A plan takes
 * a set by its number, so that the same request gives the same plan and no plan pays for its own randomness.
 */
export interface NoiseBank {
  /** The set of plan `number`, a natural number. */
  set(number: number): Float32Array;
}

/** Seeds every bank alike: the numbers are part of the planner as its settings are. */
const SEED = 20_231;

/** Weights with which `knots` free values make each of `steps` steps: linear between knots that are spread evenly. */
const knotWeights = (steps: number, knots: number): Float64Array => {
  const weights = new Float64Array(steps * knots);
  for (let step = 0; step < steps; step += 1) {
    // The first knot acts at the first step, the last at the last.
    const at = (step / (steps - 1)) * (knots - 1);
    const low = Math.min(Math.floor(at), knots - 2);
    weights[step * knots + low] = 1 - (at - low);
    weights[step * knots + low + 1] = at - low;
  }
  return weights;
};

export const noiseBank = (settings: PlanSettings, sequences: number): NoiseBank => {
  const { horizonSteps: steps, noise } = settings;
  const random = seededRandom(SEED);
  const weights = knotWeights(steps, noise.knots);
  const deviation = [noise.horizontalMps, noise.horizontalMps, noise.verticalMps];
  const values = new Float64Array(noise.knots);
  const makeSet = (): Float32Array => {
    const set = new Float32Array(steps * sequences * 3);
    for (let sequence = 0; sequence < sequences; sequence += 1) {
      for (let axis = 0; axis < 3; axis += 1) {
        for (let knot = 0; knot < noise.knots; knot += 1) {
          values[knot] = deviation[axis]! * random.normal();
        }
        for (let step = 0; step < steps; step += 1) {
          let value = 0;
          for (let knot = 0; knot < noise.knots; knot += 1) {
            value += weights[step * noise.knots + knot]! * values[knot]!;
          }
          set[(sequence * steps + step) * 3 + axis] = value;
        }
      }
    }
    return set;
  };
  const sets = Array.from({ length: noise.sets }, makeSet);
  return {
    set: (number) => sets[number % sets.length]!,
  };
};
