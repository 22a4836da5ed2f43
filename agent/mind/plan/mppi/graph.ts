import { DISAGREEMENT_STEPS } from '#world/disagreement.ts';
import { GraphBuilder, type BuiltGraph, type Value } from '#world/graph/builder.ts';
import * as op from '#world/graph/elementwise.ts';
import { concat, expand, gather, reshape, slice, unsqueeze } from '#world/graph/layout.ts';
import { cumSum, reduceMean, reduceSum, softmax, topK } from '#world/graph/reduce.ts';
import type { DynamicsModel } from '#world/model.ts';
import { ACTION_SIZE, HISTORY_STEPS, OBSERVATION_SIZE, STATE_SIZE } from '#world/spaces.ts';
import type { PlanSettings } from '../settings.ts';
import { clearanceCost, STOP_SHARES, type ClearanceInputs } from './clearance-cost.ts';
import { part, planesOf, type Planes } from './planes.ts';
import { rollOut, rollOutShared, type RolloutStart } from './rollout.ts';
import { trackingCost, type ReferenceInputs, type SampledMotion } from './tracking-cost.ts';

/** Sampled sequences that are always among the rescored ones, the first of all: the reference and the plan being flown. */
export const KEPT_SEQUENCES = 2;

/** `settings.samples` rounded up to a multiple of the members. */
export const sequencesOf = (model: DynamicsModel, settings: PlanSettings): number =>
  model.members * Math.ceil(settings.samples / model.members);

interface Inputs {
  start: RolloutStart;
  reference: ReferenceInputs;
  clearance: ClearanceInputs;
  /** [H, N, A]: setpoints and yaw rates, inside the limits. */
  sequences: Value;
  /** [1, 1] per axis: the setpoint in force before the first step, m/s NED. */
  previous: Planes;
}

/** An input [3, steps, 1], axis by axis. */
const planeInput = (graph: GraphBuilder, name: string, steps: number): Planes => {
  const packed = graph.input(name, [3, steps, 1]);
  return { x: part(packed, 0), y: part(packed, 1), z: part(packed, 2) };
};

const declareInputs = (graph: GraphBuilder, model: DynamicsModel, s: PlanSettings): Inputs => {
  const steps = s.horizonSteps;
  const moments = steps + STOP_SHARES.length;
  const placed = model.place(graph);
  const context =
    model.contextSize === 0
      ? undefined
      : placed.encode(graph.input('history', [HISTORY_STEPS, OBSERVATION_SIZE]));
  return {
    start: { model: placed, context, state: graph.input('state', [1, 1, STATE_SIZE]) },
    reference: {
      position: planeInput(graph, 'referencePosition', steps),
      tangent: planeInput(graph, 'referenceTangent', steps),
      velocity: planeInput(graph, 'referenceVelocity', steps),
    },
    clearance: {
      neighbours: graph.input('neighbours', [4, s.slots.neighbours, moments, 1]),
      neighbourBand: graph.input('neighbourBand', [s.slots.neighbours, 1, 1]),
      obstacles: graph.input('obstacles', [4, s.slots.obstacles, 1, 1]),
      fence: graph.input('fence', [5, s.slots.fenceEdges, 1, 1]),
      bounds: graph.input('bounds', [3]),
      stopping: graph.input('stopping', [2]),
    },
    sequences: graph.input('sequences', [steps, sequencesOf(model, s), ACTION_SIZE]),
    previous: planeInput(graph, 'previous', 1),
  };
};

const motionOf = (actions: Value, motion: Value): SampledMotion => {
  const [px, py, pz, vx, vy, vz] = planesOf(motion);
  const [ux, uy, uz] = planesOf(slice(actions, 2, 0, 3));
  return {
    position: { x: px!, y: py!, z: pz! },
    velocity: { x: vx!, y: vy!, z: vz! },
    setpoint: { x: ux!, y: uy!, z: uz! },
  };
};

/** [N]: what each rollout of `actions` [H, N, A] costs, per step. `motion` is [H, N, 6]. */
const costOf = (inputs: Inputs, actions: Value, motion: Value, settings: PlanSettings): Value => {
  const sampled = motionOf(actions, motion);
  const tracking = trackingCost(sampled, inputs.reference, inputs.previous, settings.cost);
  const clearance = clearanceCost(sampled, inputs.clearance, settings.cost);
  return op.multiply(op.add(reduceSum(tracking, [0]), clearance), 1 / settings.horizonSteps);
};

interface Sampled {
  /** [E]: the cheapest sequences, cheapest first. */
  elites: Value;
  /** [H, 1, A]: the elites' weighted mean; the limits are convex, so it keeps them. */
  mean: Value;
}

/**
 * Information-theoretic MPPI (Williams et al. 2017) with its softmax over the elites alone, as in TD-MPC2 (Hansen et al.
 * 2024): the temperature then is a share of their range of costs and needs no tuning to a mission.
 */
const weigh = (
  graph: GraphBuilder,
  inputs: Inputs,
  model: DynamicsModel,
  settings: PlanSettings,
): Sampled => {
  const { sequences } = inputs;
  const [steps = 0, count = 0] = sequences.shape;
  const byMember = [steps, model.members, count / model.members, ACTION_SIZE];
  const motion = rollOut(graph, inputs.start, reshape(sequences, byMember));
  const cost = costOf(inputs, sequences, motion, settings);
  const { values, indices } = topK(cost, settings.elites, 0, false);
  const best = slice(values, 0, 0, 1);
  const range = op.subtract(slice(values, 0, settings.elites - 1, settings.elites), best);
  const scale = op.add(op.multiply(range, settings.temperature), 1e-6);
  const weights = softmax(op.negate(op.divide(op.subtract(values, best), scale)), 0);
  const elite = gather(sequences, indices, 1);
  const weighted = op.multiply(elite, reshape(weights, [1, settings.elites, 1]));
  return { elites: indices, mean: reduceSum(weighted, [1], true) };
};

/** [H, R, A] → what is said about each of the R candidates. */
const declareOutputs = (
  graph: GraphBuilder,
  inputs: Inputs,
  model: DynamicsModel,
  candidates: Value,
  settings: PlanSettings,
): void => {
  const steps = settings.horizonSteps;
  const { members } = model;
  const count = settings.rescored;
  const onAll = expand(unsqueeze(candidates, 1), [steps, members, count, ACTION_SIZE]);
  const rollout = rollOutShared(graph, inputs.start, onAll);
  const flat = reshape(onAll, [steps, members * count, ACTION_SIZE]);
  const cost = reshape(costOf(inputs, flat, rollout.motion, settings), [members, count]);
  const mean = reduceMean(cost, [0], true);
  const deviation = op.sqrt(reduceMean(op.square(op.subtract(cost, mean)), [0], true));
  const score = op.add(mean, op.multiply(deviation, settings.riskWeight));
  const byMember = (value: Value): Value =>
    reshape(value, [steps, members, count, value.shape.at(-1)!]);
  const motion = byMember(rollout.motion);
  const positions = slice(motion, 3, 0, 3);
  const velocities = slice(motion, 3, 3, 6);
  const velocity = reduceMean(velocities, [1], true);
  const spread = reduceMean(op.square(op.subtract(velocities, velocity)), [1]);
  const added = cumSum(reduceMean(byMember(rollout.variances), [1]), 0);
  graph.output('actions', slice(candidates, 2, 0, 3));
  graph.output('scores', reshape(score, [count]));
  graph.output('positions', reduceMean(positions, [1]));
  graph.output('velocities', reshape(velocity, [steps, count, 3]));
  graph.output('velocityVariance', op.add(added, spread));
  const early = slice(rollout.disagreement, 0, 0, DISAGREEMENT_STEPS);
  graph.output('disagreement', reduceMean(early, [0]));
};

/**
 * The whole of one plan as one ONNX graph over any dynamics model: the sampled sequences with one member per sequence
 * (trajectory sampling, PETS, Chua et al. 2018), then their weighted mean, the kept sequences and the best of the elites
 * again on every member, scored by mean + riskWeight · deviation. Frames: the scene's; inputs as `feeds.ts` writes them.
 * Outputs, R = `rescored` candidates (the mean, the kept ones, the elites): actions, positions, velocities and
 * velocityVariance (as uncertainty.ts wants it) [H, R, 3]; scores, disagreement [R].
 * What the plain planners (plain-mppi.ts, learned-mppi.ts), an order of magnitude and two to three times cheaper, are held to.
 */
export const mppiGraph = (model: DynamicsModel, settings: PlanSettings): BuiltGraph => {
  const graph = new GraphBuilder('plan');
  const inputs = declareInputs(graph, model, settings);
  const { elites, mean } = weigh(graph, inputs, model, settings);
  const kept = slice(inputs.sequences, 1, 0, KEPT_SEQUENCES);
  const others = settings.rescored - 1 - KEPT_SEQUENCES;
  const best = gather(inputs.sequences, slice(elites, 0, 0, others), 1);
  declareOutputs(graph, inputs, model, concat([mean, kept, best], 1), settings);
  return graph.build();
};
