import { stepShares, type KinematicParameters } from '#world/kinematics.ts';
import type { Session } from '#world/session.ts';
import { ACTION_SIZE, STEP_S } from '#world/spaces.ts';
import type { PlanSettings } from '../settings.ts';
import type { PlanFeeds } from './feeds.ts';
import { KEPT_SEQUENCES } from './graph.ts';
import { plainCost } from './plain-cost.ts';
import { PlainRollouts, type Imagine } from './plain-rollouts.ts';
import { byCost, writeMean } from './plain-weighing.ts';

/** The analytic model's steps. */
const kinematicImagine = (parameters: KinematicParameters): Imagine => {
  const { kept, taken } = stepShares(parameters);
  /** As the model's own stepper moves one axis, for all sequences at once. */
  const roll = (
    { actions, count, steps }: PlainRollouts,
    state: Float32Array,
    axis: number,
    places: Float64Array,
    velocities: Float64Array,
  ): void => {
    const keeps = kept[axis]!;
    const takes = taken[axis]!;
    for (let sequence = 0; sequence < count; sequence += 1) {
      let place = state[axis]!;
      let velocity = state[3 + axis]!;
      for (let step = 0; step < steps; step += 1) {
        const at = step * count + sequence;
        const after = velocity * keeps + actions[at * ACTION_SIZE + axis]! * takes;
        place += (STEP_S / 2) * (velocity + after);
        velocity = after;
        places[at] = place;
        velocities[at] = velocity;
      }
    }
  };
  return (rollouts, state) => {
    const { place, velocity } = rollouts;
    roll(rollouts, state, 0, place.x, velocity.x);
    roll(rollouts, state, 1, place.y, velocity.y);
    roll(rollouts, state, 2, place.z, velocity.z);
  };
};

/** What is told of the candidates, [H × R × 3] each, and of their scores, [R]. */
type Outputs = Record<
  'actions' | 'positions' | 'velocities' | 'scores' | 'disagreement',
  Float32Array
>;

/** Copies sequence `from` of the rollouts to candidate `to` of R. */
const tell = (rollouts: PlainRollouts, from: number, outputs: Outputs, to: number): void => {
  const { actions, place, velocity, count, steps } = rollouts;
  const candidates = outputs.scores.length;
  for (let step = 0; step < steps; step += 1) {
    const at = step * count + from;
    const out = 3 * (step * candidates + to);
    outputs.actions[out] = actions[ACTION_SIZE * at]!;
    outputs.actions[out + 1] = actions[ACTION_SIZE * at + 1]!;
    outputs.actions[out + 2] = actions[ACTION_SIZE * at + 2]!;
    outputs.positions[out] = place.x[at]!;
    outputs.positions[out + 1] = place.y[at]!;
    outputs.positions[out + 2] = place.z[at]!;
    outputs.velocities[out] = velocity.x[at]!;
    outputs.velocities[out + 1] = velocity.y[at]!;
    outputs.velocities[out + 2] = velocity.z[at]!;
  }
};

/**
 * The `mppiGraph` of the analytic model in plain loops, with the same inputs and outputs but for `velocityVariance`, which an
 * uncalibrated model does not tell. A graph of that size spends its time on its nodes and not on its numbers; here nothing is
 * looked at that is out of every sequence's reach, and since the model has one member, a sequence is never scored twice.
 */
export const plainMppi = (settings: PlanSettings): Pick<Session, 'run'> => {
  const { horizonSteps: steps, samples, rescored, elites, cost: weights } = settings;
  const imagine = kinematicImagine(settings.kinematics);
  const sampled = new PlainRollouts(
    steps,
    new Float32Array(steps * samples * ACTION_SIZE),
    imagine,
  );
  const mean = new PlainRollouts(steps, new Float32Array(steps * ACTION_SIZE), imagine);
  const cost = new Float64Array(samples);
  const gaps = new Float64Array(samples);
  const meanCost = new Float64Array(1);
  const meanGap = new Float64Array(1);
  return {
    run: async (given) => {
      const feeds = given as PlanFeeds;
      sampled.actions.set(feeds['sequences']!);
      sampled.roll(feeds);
      plainCost(sampled, feeds, weights, cost, gaps);
      const order = byCost(cost, elites);
      writeMean(sampled, order, cost, settings.temperature, mean.actions);
      mean.roll(feeds);
      plainCost(mean, feeds, weights, meanCost, meanGap);
      const outputs: Outputs = {
        actions: new Float32Array(3 * steps * rescored),
        positions: new Float32Array(3 * steps * rescored),
        velocities: new Float32Array(3 * steps * rescored),
        scores: new Float32Array(rescored),
        disagreement: new Float32Array(rescored),
      };
      tell(mean, 0, outputs, 0);
      outputs.scores[0] = meanCost[0]!;
      for (let to = 1; to < rescored; to += 1) {
        const from = to <= KEPT_SEQUENCES ? to - 1 : order[to - 1 - KEPT_SEQUENCES]!;
        tell(sampled, from, outputs, to);
        outputs.scores[to] = cost[from]!;
      }
      return outputs;
    },
  };
};
