import { GraphBuilder } from '../graph/builder.ts';
import type { BuiltGraph, Value } from '../graph/builder.ts';
import * as op from '../graph/elementwise.ts';
import { gradients } from '../graph/gradient.ts';
import { concat, gather, reshape, slice, split, unsqueeze } from '../graph/layout.ts';
import { loop } from '../graph/loop.ts';
import { cumSum, reduceMean, reduceSum } from '../graph/reduce.ts';
import { placeNetwork } from '../network.ts';
import type { Normalisation } from '../network.ts';
import { MEMBERS, PARAMETER_BLOCKS, PARAMETER_COUNT } from '../parameter-layout.ts';
import {
  HISTORY_STEPS,
  OBSERVATION,
  OBSERVATION_SIZE,
  STATE,
  STATE_SIZE,
  ACTION_SIZE,
} from '../spaces.ts';
import { ROW, ROW_SIZE } from './flight.ts';

export interface TrainingShape {
  /** Rows of the table that is fed. */
  readonly rows: number;
  /** Windows per member and optimiser step. */
  readonly batch: number;
  /** Steps that the model is unrolled for, so that its errors feed back as they do in a plan. */
  readonly horizon: number;
  /** Optimiser steps per run of the graph. */
  readonly turns: number;
}

/** β of the β-NLL (Seitzer et al. 2022): 0.5 keeps badly predicted axes from being given up as noise. */
const BETA = 0.5;

/** Weights of what is carried along for the rollout's sake beside the velocity, and of the energy head. */
const LEAN_WEIGHT = 0.1;
const CURRENT_WEIGHT = 0.02;

/**
 * Adam (Kingma and Ba 2015); gradients clipped by their common norm. No weight decay: it would pull members together
 * where no data holds them.
 */
const MOMENTUM = 0.9;
const SECOND_MOMENTUM = 0.999;
const EPSILON = 1e-8;
const GREATEST_GRADIENT = 5;

/** The windows of one optimiser step: [M, B, HISTORY_STEPS + horizon, ROW_SIZE]. */
const pickWindows = (graph: GraphBuilder, table: Value, starts: Value, length: number): Value => {
  const offsets = graph.constant(
    Array.from({ length }, (_, index) => index),
    [length],
    'int32',
  );
  return gather(table, op.add(unsqueeze(starts, 2), offsets), 0);
};

/** Mean square of errors that are already scaled. */
const meanSquare = (x: Value): Value =>
  reduceMean(
    op.square(x),
    x.shape.map((_, axis) => axis),
  );

/** Velocity error [M, B, H, 3], NED, turned into the level body of the true yaw. */
const levelError = (predicted: Value, truth: Value): Value => {
  const difference = slice(op.subtract(predicted, truth), 3, STATE.velocity, STATE.velocity + 3);
  const [north, east, down] = split(difference, 3, [1, 1, 1]);
  const yaw = slice(truth, 3, STATE.yaw, STATE.yaw + 1);
  const [cosYaw, sinYaw] = [op.cos(yaw), op.sin(yaw)];
  const ahead = op.add(op.multiply(cosYaw, north!), op.multiply(sinYaw, east!));
  const right = op.subtract(op.multiply(cosYaw, east!), op.multiply(sinYaw, north!));
  return concat([ahead, right, down!], 3);
};

/** β-NLL of the velocity after each step; its variance is the sum of the steps' variances so far. */
const velocityLoss = (error: Value, logVariances: Value): Value => {
  const variance = cumSum(op.exp(logVariances), 2);
  const likelihood = op.add(op.divide(op.square(error), variance), op.log(variance));
  // stopGradient(variance)^β with β = ½.
  const weight = op.sqrt(op.stopGradient(variance));
  return reduceMean(op.multiply(op.multiply(likelihood, weight), BETA), [0, 1, 2, 3]);
};

/** Multi-step loss of all members over their own windows [M, B, L + H, ROW_SIZE]; sums over members, means over the rest. */
const lossOf = (
  graph: GraphBuilder,
  windows: Value,
  horizon: number,
  normalisation: Normalisation,
  weights: (name: string) => Value,
): Value => {
  const network = placeNetwork(graph, normalisation, weights);
  const [members, batch] = windows.shape;
  const past = slice(slice(windows, 2, 0, HISTORY_STEPS), 3, 0, OBSERVATION_SIZE);
  const context = network.encode(
    reshape(past, [members!, batch!, HISTORY_STEPS * OBSERVATION_SIZE]),
  );
  const at = (row: number, column: number, size: number): Value =>
    reshape(slice(slice(windows, 2, row, row + 1), 3, column, column + size), [
      members!,
      batch!,
      size,
    ]);
  let state = at(HISTORY_STEPS - 1, ROW.state, STATE_SIZE);
  const states: Value[] = [];
  const logVariances: Value[] = [];
  const currents: Value[] = [];
  for (let step = 0; step < horizon; step += 1) {
    const next = network.step(
      state,
      at(HISTORY_STEPS - 1 + step, ROW.action, ACTION_SIZE),
      context,
    );
    state = next.state;
    states.push(unsqueeze(state, 2));
    logVariances.push(unsqueeze(next.logVariance, 2));
    currents.push(unsqueeze(next.currentA!, 2));
  }
  const future = slice(windows, 2, HISTORY_STEPS, HISTORY_STEPS + horizon);
  const truth = slice(future, 3, ROW.state, ROW.state + STATE_SIZE);
  const predicted = concat(states, 2);
  const { observationDeviation: deviation } = normalisation;
  const lean = op.subtract(predicted, truth);
  const leans = [
    op.divide(slice(lean, 3, STATE.tilt, STATE.tilt + 1), deviation[OBSERVATION.tilt]!),
    op.divide(slice(lean, 3, STATE.tilt + 1, STATE.tilt + 2), deviation[OBSERVATION.tilt + 1]!),
    op.divide(slice(lean, 3, STATE.thrust, STATE.thrust + 1), deviation[OBSERVATION.thrust]!),
    op.divide(slice(lean, 3, STATE.yawRate, STATE.yawRate + 1), deviation[OBSERVATION.rates + 2]!),
  ];
  const currentAt = ROW.observation + OBSERVATION.current;
  const currentError = op.subtract(concat(currents, 2), slice(future, 3, currentAt, currentAt + 1));
  const current = meanSquare(op.divide(currentError, deviation[OBSERVATION.current]!));
  return op.multiply(
    op.add(
      velocityLoss(levelError(predicted, truth), concat(logVariances, 2)),
      op.add(
        op.multiply(meanSquare(concat(leans, 3)), LEAN_WEIGHT),
        op.multiply(current, CURRENT_WEIGHT),
      ),
    ),
    MEMBERS,
  );
};

const adamStep = (
  [parameters, first, second]: readonly [Value, Value, Value],
  gradient: Value,
  rate: Value,
): [Value, Value, Value] => {
  const norm = op.sqrt(op.add(reduceSum(op.square(gradient), [0]), 1e-12));
  const clipped = op.multiply(gradient, op.minimum(op.divide(GREATEST_GRADIENT, norm), 1));
  const nextFirst = op.add(op.multiply(first, MOMENTUM), op.multiply(clipped, 1 - MOMENTUM));
  const nextSecond = op.add(
    op.multiply(second, SECOND_MOMENTUM),
    op.multiply(op.square(clipped), 1 - SECOND_MOMENTUM),
  );
  const direction = op.divide(nextFirst, op.add(op.sqrt(nextSecond), EPSILON));
  return [op.subtract(parameters, op.multiply(direction, rate)), nextFirst, nextSecond];
};

/**
 * Forward, backward and optimiser of the whole ensemble as one graph: `turns` optimiser steps per run.
 * Inputs: table [rows, ROW_SIZE]; starts int32 [turns, M, batch] (first rows of windows, drawn per member);
 * rates [turns] (learning rate with Adam's bias correction in it); parameters, first, second [PARAMETER_COUNT].
 * Outputs: parameters, first, second after the last turn; losses [turns], per member.
 */
export const buildTrainingGraph = (
  shape: TrainingShape,
  normalisation: Normalisation,
): BuiltGraph => {
  const graph = new GraphBuilder('train');
  const table = graph.input('table', [shape.rows, ROW_SIZE]);
  const starts = graph.input('starts', [shape.turns, MEMBERS, shape.batch], 'int32');
  const rates = graph.input('rates', [shape.turns]);
  const initial = ['parameters', 'first', 'second'].map((name) =>
    graph.input(name, [PARAMETER_COUNT]),
  );
  const { carried, scans } = loop(
    graph,
    shape.turns,
    initial,
    (scope, turn, [flat, first, second]) => {
      const blocks = split(
        flat!,
        0,
        PARAMETER_BLOCKS.map(({ length }) => length),
      );
      const shaped = new Map<string, Value>();
      PARAMETER_BLOCKS.forEach((block, index) =>
        shaped.set(block.name, reshape(blocks[index]!, block.shape)),
      );
      const length = HISTORY_STEPS + shape.horizon;
      const windows = pickWindows(scope, table, gather(starts, turn, 0), length);
      const loss = lossOf(scope, windows, shape.horizon, normalisation, (name) =>
        shaped.get(name)!,
      );
      const gradient = concat(gradients(loss, blocks), 0);
      const next = adamStep([flat!, first!, second!], gradient, gather(rates, turn, 0));
      return { carried: next, scans: [op.divide(loss, MEMBERS)] };
    },
  );
  ['parameters', 'first', 'second'].forEach((name, index) =>
    graph.output(`next-${name}`, carried[index]!),
  );
  graph.output('losses', scans[0]!);
  return graph.build();
};
