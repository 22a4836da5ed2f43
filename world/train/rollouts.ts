import { GraphBuilder } from '../graph/builder.ts';
import type { BuiltGraph } from '../graph/builder.ts';
import * as op from '../graph/elementwise.ts';
import { expand, gather, reshape, slice, transpose, unsqueeze } from '../graph/layout.ts';
import { loop } from '../graph/loop.ts';
import type { DynamicsModel } from '../model.ts';
import { createSession } from '../session.ts';
import type { Session } from '../session.ts';
import { ACTION_SIZE, HISTORY_STEPS, OBSERVATION_SIZE, STATE_SIZE } from '../spaces.ts';
import type { Dataset } from './dataset.ts';
import { ROW, ROW_SIZE } from './flight.ts';
import { summariseBatch } from './rollout-summary.ts';
import type { Rollouts } from './rollout-summary.ts';

/** Windows per run of the graph: enough to keep the matrix products busy. */
const BATCH = 256;

/**
 * Rolls every window out on every member. Inputs: table, starts int32 [BATCH].
 * Outputs: states [H, M, BATCH, S]; logVariances [H, M, BATCH, 3].
 */
const buildRolloutGraph = (model: DynamicsModel, rows: number, horizon: number): BuiltGraph => {
  const graph = new GraphBuilder('rollouts');
  const table = graph.input('table', [rows, ROW_SIZE]);
  const starts = graph.input('starts', [BATCH], 'int32');
  const length = HISTORY_STEPS + horizon;
  const offsets = graph.constant(
    Array.from({ length }, (_, index) => index),
    [length],
    'int32',
  );
  const windows = gather(table, op.add(unsqueeze(starts, 1), offsets), 0);
  const placed = model.place(graph);
  const past = slice(windows, 1, 0, HISTORY_STEPS);
  const context = placed.encode(
    slice(past, 2, ROW.observation, ROW.observation + OBSERVATION_SIZE),
  );
  const now = slice(windows, 1, HISTORY_STEPS - 1, HISTORY_STEPS);
  const first = reshape(slice(now, 2, ROW.state, ROW.state + STATE_SIZE), [1, BATCH, STATE_SIZE]);
  const ahead = slice(windows, 1, HISTORY_STEPS - 1, HISTORY_STEPS - 1 + horizon);
  const actions = transpose(slice(ahead, 2, ROW.action, ROW.action + ACTION_SIZE), [1, 0, 2]);
  const start = expand(first, [model.members, BATCH, STATE_SIZE]);
  const { scans } = loop(graph, horizon, [start], (_, turn, [state]) => {
    const action = unsqueeze(gather(actions, turn, 0), 0);
    const shared = expand(action, [model.members, BATCH, ACTION_SIZE]);
    const next = placed.step(state!, shared, context);
    return { carried: [next.state], scans: [next.state, next.logVariance] };
  });
  graph.output('states', scans[0]!);
  graph.output('logVariances', scans[1]!);
  return graph.build();
};

/** Fills `batch` with the starts from `from` on; the last batch is filled up with repeats that nobody reads. */
const fillBatch = (batch: Int32Array, starts: Int32Array, from: number): number => {
  for (let index = 0; index < batch.length; index += 1) {
    batch[index] = starts[Math.min(from + index, starts.length - 1)]!;
  }
  return Math.min(batch.length, starts.length - from);
};

const runAll = async (
  session: Session,
  model: DynamicsModel,
  dataset: Dataset,
  horizon: number,
): Promise<Rollouts> => {
  const count = dataset.starts.length;
  const rollouts: Rollouts = {
    count,
    horizon,
    velocityError: new Float32Array(count * horizon * 3),
    positionError: new Float32Array(count * horizon * 3),
    variance: new Float32Array(count * horizon * 3),
    disagreement: new Float32Array(count),
    flightOf: dataset.flightOf,
  };
  const batch = new Int32Array(BATCH);
  for (let from = 0; from < count; from += BATCH) {
    const used = fillBatch(batch, dataset.starts, from);
    const { states, logVariances } = await session.run({ table: dataset.table, starts: batch });
    summariseBatch(rollouts, dataset, {
      states: states as Float32Array,
      logVariances: logVariances as Float32Array,
      members: model.members,
      width: BATCH,
      from,
      used,
    });
  }
  return rollouts;
};

/**
 * Predicts every window of `dataset` `horizon` steps ahead (≤ dataset.horizon) with the true actions and compares.
 * Throws Fault `session-load`, `session-run`.
 */
export const rollOut = async (
  model: DynamicsModel,
  dataset: Dataset,
  horizon: number,
): Promise<Rollouts> => {
  const session = await createSession(buildRolloutGraph(model, dataset.rows, horizon));
  try {
    return await runAll(session, model, dataset, horizon);
  } finally {
    await session.release();
  }
};
