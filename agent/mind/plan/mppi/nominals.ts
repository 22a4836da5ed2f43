import type { PlanRequest } from '../../plan-port.ts';
import type { Briefing } from '../briefing.ts';

/** A guess at the answer: [3 × H] setpoints. */
type Sequence = Float64Array;

/** The plan being flown from startMs on, its last setpoint before the tail held on; undefined when it ends before. */
const flownOn = (request: PlanRequest, steps: number): Sequence | undefined => {
  const { current, startMs } = request;
  if (current === null) return undefined;
  const shift = Math.round((startMs - current.startMs) / current.stepMs);
  const last = current.steps - current.tailSteps - 1;
  if (shift < 0 || last < shift) return undefined;
  const sequence = new Float64Array(3 * steps);
  for (let step = 0; step < steps; step += 1) {
    const from = 3 * Math.min(step + shift, last);
    for (let axis = 0; axis < 3; axis += 1) {
      sequence[3 * step + axis] = current.velocityNedMps[from + axis]!;
    }
  }
  return sequence;
};

/** `sequence` turned to the right by an angle, scaled, and made to climb. */
const changed = (
  sequence: Sequence,
  rightRad: number,
  share: number,
  downMps: number,
): Sequence => {
  const cos = share * Math.cos(rightRad);
  const sin = share * Math.sin(rightRad);
  const out = new Float64Array(sequence.length);
  for (let offset = 0; offset < out.length; offset += 3) {
    const north = sequence[offset]!;
    const east = sequence[offset + 1]!;
    out[offset] = cos * north - sin * east;
    out[offset + 1] = sin * north + cos * east;
    out[offset + 2] = sequence[offset + 2]! + downMps;
  }
  return out;
};

/** Ways to meet something in the way: pass it on the right, on the left, wait, stop, climb over, go back. */
const VARIATIONS: readonly (readonly [rightRad: number, share: number, downMps: number])[] = [
  [Math.PI / 6, 1, 0],
  [-Math.PI / 6, 1, 0],
  [Math.PI / 3, 1, 0],
  [-Math.PI / 3, 1, 0],
  [0, 0.5, 0],
  [0, 0, 0],
  [0, 1, -1.5],
  [Math.PI, 0.5, 0],
];

/** Which guess each sampled sequence varies: half the plan being flown, the rest the reference and its variations. */
const PATTERN = [1, 0, 1, 0, 1, 2, 1, 3] as const;

/** Guesses at the answer, [3 × H] setpoints each: the reference, the plan being flown, and variations of the reference. */
export const nominalsOf = (
  request: PlanRequest,
  briefing: Briefing,
  steps: number,
): Float64Array[] => {
  const followed = briefing.follows.actions;
  const flown = flownOn(request, steps) ?? followed;
  return [followed, flown, ...VARIATIONS.map((way) => changed(followed, ...way))];
};

/** Index of the guess that sequence number `sequence` is made of, and whether noise is added to it. */
export const guessOf = (sequence: number, guesses: number): { index: number; noisy: boolean } =>
  sequence < guesses
    ? { index: sequence, noisy: false }
    : { index: PATTERN[sequence % PATTERN.length]!, noisy: true };
