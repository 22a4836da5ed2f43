import { GraphBuilder } from './builder.ts';
import type { Value } from './builder.ts';
import { sameShape, shapeFault } from './shape.ts';

/** What one turn of a loop leaves behind. */
export interface LoopTurn {
  /** The next turn's state: as many values as were carried in, of the same shapes. */
  carried: readonly Value[];
  /** Collected over the turns. */
  scans?: readonly Value[];
}

/**
 * ONNX Loop with a fixed number of turns, emitted into `graph`.
 * `body` gets its own scope, the turn's number (int64 scalar from 0) and the carried state; it may use any value of the
 * enclosing graphs. Returns the state after the last turn, and each scan stacked along a new leading axis of size `turns`.
 * Gradients do not pass through a loop: unroll what must be differentiated, or build the gradient inside the body.
 */
export const loop = (
  graph: GraphBuilder,
  turns: number,
  initial: readonly Value[],
  body: (scope: GraphBuilder, turn: Value, carried: readonly Value[]) => LoopTurn,
): { carried: Value[]; scans: Value[] } => {
  const scope = new GraphBuilder(graph.freshName('body'), { parent: graph });
  const turn = scope.input(graph.freshName('turn'), [], 'int64');
  const goOn = scope.input(graph.freshName('on'), [], 'bool');
  const carriedIn = initial.map((value) =>
    scope.input(graph.freshName('s'), value.shape, value.type),
  );
  const { carried, scans = [] } = body(scope, turn, carriedIn);
  initial.forEach((value, index) => {
    const next = carried[index];
    if (next === undefined || !sameShape(next.shape, value.shape) || next.type !== value.type) {
      throw shapeFault('Loop', `carried state ${index} changes`, value.shape, next?.shape ?? []);
    }
  });
  scope.output(graph.freshName('on'), goOn);
  for (const value of [...carried, ...scans]) scope.output(graph.freshName('o'), value);
  const outputs = graph.emit(
    'Loop',
    // An empty name leaves out the optional condition: the turns alone end the loop.
    [graph.scalar(turns, 'int64'), { ...turn, name: '' }, ...initial],
    [
      ...initial.map(({ type, shape }) => ({ type, shape })),
      ...scans.map(({ type, shape }) => ({ type, shape: [turns, ...shape] })),
    ],
    { body: { kind: 'graph', value: scope } },
  );
  return { carried: outputs.slice(0, initial.length), scans: outputs.slice(initial.length) };
};
