import { rollOut } from '#agent/mind/plan/mppi/rollout.ts';
import { GraphBuilder, type BuiltGraph } from '#world/graph/builder.ts';
import { reshape, slice } from '#world/graph/layout.ts';
import type { DynamicsModel } from '#world/model.ts';
import { ACTION_SIZE, HISTORY_STEPS, OBSERVATION_SIZE, STATE_SIZE } from '#world/spaces.ts';

/** Nothing but the planner's trajectory-sampled rollouts: motion at the end, [sequences × 6], and the context, [M × C]. */
export const rolloutGraph = (
  model: DynamicsModel,
  steps: number,
  sequences: number,
): BuiltGraph => {
  const graph = new GraphBuilder('rollouts');
  const placed = model.place(graph);
  const context = placed.encode(graph.input('history', [HISTORY_STEPS, OBSERVATION_SIZE]));
  const state = graph.input('state', [1, 1, STATE_SIZE]);
  const each = sequences / model.members;
  const actions = graph.input('actions', [steps, model.members, each, ACTION_SIZE]);
  const motion = rollOut(graph, { model: placed, context, state }, actions);
  graph.output('motion', reshape(slice(motion, 0, steps - 1, steps), [sequences, 6]));
  if (context !== undefined) graph.output('context', context);
  return graph.build();
};
