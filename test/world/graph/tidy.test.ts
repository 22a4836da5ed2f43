import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#world/graph/builder.ts';
import type { BuiltGraph } from '#world/graph/builder.ts';
import { add, multiply, sin, softplus, tanh } from '#world/graph/elementwise.ts';
import { loop } from '#world/graph/loop.ts';
import { createSession } from '#world/session.ts';

const count = (graph: BuiltGraph, operator: string): number =>
  new TextDecoder('latin1').decode(graph.bytes).split(`${operator}_`).length - 1;

const run = async (graph: BuiltGraph, x: number[]): Promise<Record<string, number[]>> => {
  const session = await createSession(graph);
  const outputs = await session.run({ x: Float32Array.from(x) });
  await session.release();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, data]) => [name, Array.from(data as Float32Array)]),
  );
};

describe('a built graph', () => {
  it('leaves out what no output depends on, in loop bodies too', async () => {
    const graph = new GraphBuilder('idle');
    const x = graph.input('x', [2]);
    softplus(x);
    const { carried } = loop(graph, 3, [x], (_scope, _turn, [state]) => {
      tanh(state!);
      return { carried: [multiply(state!, 2)] };
    });
    graph.output('y', carried[0]!);
    const built = graph.build();
    expect(count(built, 'Softplus') + count(built, 'Tanh')).toBe(0);
    expect(await run(built, [1, 2])).toEqual({ y: [8, 16] });
  });

  it('names results directly instead of copying them, where the name is free', async () => {
    const graph = new GraphBuilder('named');
    const x = graph.input('x', [2]);
    const twice = multiply(x, 2);
    graph.output('twice', twice);
    graph.output('again', twice);
    graph.output('same', x);
    graph.output('more', add(twice, 1));
    const built = graph.build();
    expect(count(built, 'Identity')).toBe(2);
    expect(await run(built, [1, 2])).toEqual({
      twice: [2, 4],
      again: [2, 4],
      same: [1, 2],
      more: [3, 5],
    });
  });

  it('keeps what only a loop body reads from outside', async () => {
    const graph = new GraphBuilder('outer');
    const x = graph.input('x', [1]);
    const outside = sin(x);
    const { carried, scans } = loop(graph, 2, [x], (_scope, _turn, [state]) => {
      const next = add(state!, outside);
      return { carried: [next], scans: [next] };
    });
    graph.output('last', carried[0]!);
    graph.output('all', scans[0]!);
    const { last, all } = await run(graph.build(), [1]);
    expect(last).toEqual([expect.closeTo(1 + 2 * Math.sin(1), 5)]);
    expect(all).toEqual([
      expect.closeTo(1 + Math.sin(1), 5),
      expect.closeTo(1 + 2 * Math.sin(1), 5),
    ]);
  });
});
