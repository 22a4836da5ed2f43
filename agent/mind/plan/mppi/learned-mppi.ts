import { DISAGREEMENT_STEPS } from '#world/disagreement.ts';
import type { LatentContent } from '#world/latent.ts';
import { MEMBERS } from '#world/parameter-layout.ts';
import { KernelEnsemble } from '#world/kernel/ensemble.ts';
import type { Session } from '#world/session.ts';
import { ACTION_SIZE, STATE, STATE_SIZE } from '#world/spaces.ts';
import type { PlanSettings } from '../settings.ts';
import type { PlanFeeds } from './feeds.ts';
import { KEPT_SEQUENCES } from './graph.ts';
import { plainCost } from './plain-cost.ts';
import { PlainRollouts, type Imagine } from './plain-rollouts.ts';
import { byCost, writeMean } from './plain-weighing.ts';

/** Each member rolls out its own share of the sequences, one after the other; `variances` [H × N × 3] as KernelEnsemble.step tells them. */
const ensembleImagine = (
  ensemble: KernelEnsemble,
  sequences: number,
  variances?: Float64Array,
): Imagine => {
  const each = sequences / MEMBERS;
  const states = new Float64Array(each * STATE_SIZE);
  return ({ actions, place, velocity, count, steps }, state) => {
    for (let member = 0; member < MEMBERS; member += 1) {
      for (let row = 0; row < each; row += 1) states.set(state, row * STATE_SIZE);
      for (let step = 0; step < steps; step += 1) {
        const first = step * count + member * each;
        ensemble.step(member, states, each, actions, first, variances, 3 * first);
        for (let row = 0; row < each; row += 1) {
          const from = row * STATE_SIZE;
          place.x[first + row] = states[from + STATE.position]!;
          place.y[first + row] = states[from + STATE.position + 1]!;
          place.z[first + row] = states[from + STATE.position + 2]!;
          velocity.x[first + row] = states[from + STATE.velocity]!;
          velocity.y[first + row] = states[from + STATE.velocity + 1]!;
          velocity.z[first + row] = states[from + STATE.velocity + 2]!;
        }
      }
    }
  };
};

/** Writes a sequence [H × A] to every member's place for candidate `to`; `stride`, `from`: where its actions stand, in sequences. */
const propose = (
  onAll: PlainRollouts,
  candidates: number,
  to: number,
  actions: Float32Array,
  stride: number,
  from: number,
): void => {
  for (let step = 0; step < onAll.steps; step += 1) {
    const read = (step * stride + from) * ACTION_SIZE;
    for (let member = 0; member < MEMBERS; member += 1) {
      const write = (step * onAll.count + member * candidates + to) * ACTION_SIZE;
      for (let column = 0; column < ACTION_SIZE; column += 1) {
        onAll.actions[write + column] = actions[read + column]!;
      }
    }
  }
};

/** What is told of the candidates: [R] each, then [H × R × 3] each. */
type Outputs = Record<
  'scores' | 'disagreement' | 'actions' | 'positions' | 'velocities' | 'velocityVariance',
  Float32Array
>;

/** Mean + riskWeight · deviation of the candidate's cost over the members. */
const scoreOf = (
  cost: Float64Array,
  candidates: number,
  at: number,
  riskWeight: number,
): number => {
  let sum = 0;
  for (let member = 0; member < MEMBERS; member += 1) sum += cost[member * candidates + at]!;
  const mean = sum / MEMBERS;
  let squares = 0;
  for (let member = 0; member < MEMBERS; member += 1) {
    squares += (cost[member * candidates + at]! - mean) ** 2;
  }
  return mean + riskWeight * Math.sqrt(squares / MEMBERS);
};

/** Tells axis `axis` of candidate `at` for all steps; adds what the members' velocities spread to `squares` [H]. */
const tellAxis = (
  { actions, place, velocity, count, steps }: PlainRollouts,
  variances: Float64Array,
  axis: 0 | 1 | 2,
  at: number,
  outputs: Outputs,
  squares: Float64Array,
): void => {
  const candidates = outputs.scores.length;
  const places = [place.x, place.y, place.z][axis]!;
  const speeds = [velocity.x, velocity.y, velocity.z][axis]!;
  let added = 0;
  for (let step = 0; step < steps; step += 1) {
    const first = step * count + at;
    const end = (step + 1) * count;
    let position = 0;
    let mean = 0;
    let variance = 0;
    for (let from = first; from < end; from += candidates) {
      position += places[from]!;
      mean += speeds[from]!;
      variance += variances[3 * from + axis]!;
    }
    mean /= MEMBERS;
    added += variance / MEMBERS;
    let spread = 0;
    for (let from = first; from < end; from += candidates) spread += (speeds[from]! - mean) ** 2;
    spread /= MEMBERS;
    squares[step]! += spread;
    const out = 3 * (step * candidates + at) + axis;
    outputs.actions[out] = actions[ACTION_SIZE * first + axis]!;
    outputs.positions[out] = position / MEMBERS;
    outputs.velocities[out] = mean;
    outputs.velocityVariance[out] = added + spread;
  }
};

/** As {@link stepDisagreement} of world/disagreement.ts, over the first steps of a rollout. */
const disagreementOf = (squares: Float64Array): number => {
  let sum = 0;
  for (let step = 0; step < DISAGREEMENT_STEPS; step += 1) sum += Math.sqrt(squares[step]! / 3);
  return sum / DISAGREEMENT_STEPS;
};

const outputsOf = (steps: number, candidates: number): Outputs => ({
  scores: new Float32Array(candidates),
  disagreement: new Float32Array(candidates),
  actions: new Float32Array(3 * steps * candidates),
  positions: new Float32Array(3 * steps * candidates),
  velocities: new Float32Array(3 * steps * candidates),
  velocityVariance: new Float32Array(3 * steps * candidates),
});

/**
 * The `mppiGraph` of a learned model around a kernel of its own (KernelEnsemble) and in plain loops, with the same inputs and outputs:
 * at tens or hundreds of sequences a graph spends its time on its nodes and not on its numbers. Unlike the graph it
 * gives the same bits on every processor.
 */
export const learnedMppi = (
  content: Pick<LatentContent, 'normalisation' | 'parameters'>,
  settings: PlanSettings,
): Pick<Session, 'run'> => {
  const { horizonSteps: steps, rescored, elites, cost: weights } = settings;
  const each = Math.ceil(settings.samples / MEMBERS);
  const count = MEMBERS * each;
  const ensemble = new KernelEnsemble(content, Math.max(each, rescored));
  const actions = new Float32Array(steps * count * ACTION_SIZE);
  const sampled = new PlainRollouts(steps, actions, ensembleImagine(ensemble, count));
  const all = MEMBERS * rescored;
  const variances = new Float64Array(steps * all * 3);
  const onAll = new PlainRollouts(
    steps,
    new Float32Array(steps * all * ACTION_SIZE),
    ensembleImagine(ensemble, all, variances),
  );
  const mean = new Float32Array(steps * ACTION_SIZE);
  const cost = new Float64Array(count);
  const gaps = new Float64Array(count);
  const allCost = new Float64Array(all);
  const allGaps = new Float64Array(all);
  const squares = new Float64Array(steps);
  return {
    run: async (given) => {
      const feeds = given as PlanFeeds;
      ensemble.encode(feeds['history']!);
      sampled.actions.set(feeds['sequences']!);
      sampled.roll(feeds);
      plainCost(sampled, feeds, weights, cost, gaps);
      const order = byCost(cost, elites);
      writeMean(sampled, order, cost, settings.temperature, mean);
      propose(onAll, rescored, 0, mean, 1, 0);
      for (let to = 1; to < rescored; to += 1) {
        const from = to <= KEPT_SEQUENCES ? to - 1 : order[to - 1 - KEPT_SEQUENCES]!;
        propose(onAll, rescored, to, sampled.actions, count, from);
      }
      onAll.roll(feeds);
      plainCost(onAll, feeds, weights, allCost, allGaps);
      const outputs = outputsOf(steps, rescored);
      for (let at = 0; at < rescored; at += 1) {
        outputs.scores[at] = scoreOf(allCost, rescored, at, settings.riskWeight);
        squares.fill(0);
        for (const axis of [0, 1, 2] as const) {
          tellAxis(onAll, variances, axis, at, outputs, squares);
        }
        outputs.disagreement[at] = disagreementOf(squares);
      }
      return outputs;
    },
  };
};
