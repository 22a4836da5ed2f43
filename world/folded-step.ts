import { foldedMembers, type FoldedLayer } from './folded-weights.ts';
import type { GraphBuilder, Value } from './graph/builder.ts';
import * as op from './graph/elementwise.ts';
import { concat, split } from './graph/layout.ts';
import { matmul } from './graph/linear.ts';
import { placeLevelTurn } from './level-turn.ts';
import type { DynamicsStep } from './model.ts';
import { boundedLogVariance } from './network.ts';
import type { Normalisation } from './network.ts';
import { CHANGES, CONTEXT_SIZE, FEATURES, MEMBERS, parameterBlock } from './parameter-layout.ts';

/** Log standard deviations of the velocity, after the changes among the network's outputs; the current is the last. */
const SPREADS = 3;

/**
 * The step of network.ts for fixed weights, a third cheaper: what is linear around a layer is multiplied into its weights once
 * (folded-weights.ts), since in a planner's loop each node costs more than its numbers.
 */
export const foldedStep = (
  graph: GraphBuilder,
  normalisation: Normalisation,
  parameters: Float32Array,
): ((state: Value, action: Value, context: Value) => DynamicsStep) => {
  const [, , width] = parameterBlock('hidden1Weights').shape;
  const [, , outputs] = parameterBlock('outputWeights').shape;
  const members = foldedMembers(normalisation, parameters);
  const stacked = (parts: readonly ArrayLike<number>[], inputs: number, size: number): Value =>
    graph.constant(
      parts.flatMap((part) => Array.from(part)),
      [MEMBERS, inputs, size],
    );
  const placed = (layers: readonly FoldedLayer[], inputs: number, size: number): Value[] => [
    stacked(
      layers.map(({ weights }) => weights),
      inputs,
      size,
    ),
    stacked(
      layers.map(({ bias }) => bias),
      1,
      size,
    ),
  ];
  const turn = placeLevelTurn(graph);
  const context1 = stacked(
    members.map(({ context }) => context),
    CONTEXT_SIZE,
    width,
  );
  const [weights1, bias1] = placed(
    members.map(({ first }) => first),
    FEATURES,
    width,
  );
  const [weights2, bias2] = placed(
    members.map(({ second }) => second),
    width,
    width,
  );
  const [weights3, bias3] = placed(
    members.map(({ last }) => last),
    width + FEATURES,
    outputs,
  );
  return (state, action, context) => {
    const level = turn.toLevel(state, action);
    const bias = op.add(matmul(context, context1), bias1!);
    const hidden1 = op.relu(op.add(matmul(level.quantities, weights1!), bias));
    const hidden2 = op.relu(op.add(matmul(hidden1, weights2!), bias2!));
    const output = op.add(matmul(concat([hidden2, level.quantities], 2), weights3!), bias3!);
    const [changes, spread, current] = split(output, 2, [CHANGES, SPREADS, 1]);
    return {
      state: turn.advance(state, changes!, level),
      logVariance: boundedLogVariance(spread!),
      currentA: current,
    };
  };
};
