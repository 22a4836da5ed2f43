import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { foldedStep } from '#world/folded-step.ts';
import { GraphBuilder } from '#world/graph/builder.ts';
import { placeNetwork } from '#world/network.ts';
import {
  CONTEXT_SIZE,
  initialParameters,
  MEMBERS,
  PARAMETER_BLOCKS,
} from '#world/parameter-layout.ts';
import { createSession } from '#world/session.ts';
import { ACTION_SIZE, OBSERVATION_SIZE, STATE_SIZE } from '#world/spaces.ts';

const ROLLOUTS = 7;
const random = seededRandom(11);
const normal = (length: number): Float32Array =>
  Float32Array.from({ length }, () => random.normal());

const normalisation = {
  observationMean: Array.from({ length: OBSERVATION_SIZE }, (_, index) => index / 10),
  observationDeviation: Array.from({ length: OBSERVATION_SIZE }, (_, index) => 1 + index / 10),
  changeDeviation: [0.2, 0.25, 0.1, 0.2, 0.07, 0.08, 0.06],
};

/** Every parameter off its starting value, biases and physics too. */
const parameters = initialParameters(seededRandom(1)).map((value) => value + 0.2 * random.normal());

describe('the folded step', () => {
  it('says what the network says', async () => {
    const graph = new GraphBuilder('both');
    const state = graph.input('state', [MEMBERS, ROLLOUTS, STATE_SIZE]);
    const action = graph.input('action', [MEMBERS, ROLLOUTS, ACTION_SIZE]);
    const context = graph.input('context', [MEMBERS, 1, CONTEXT_SIZE]);
    const network = placeNetwork(graph, normalisation, (name) => {
      const { shape, offset, length } = PARAMETER_BLOCKS.find((block) => block.name === name)!;
      return graph.constant(parameters.subarray(offset, offset + length), shape);
    });
    const plain = network.step(state, action, context);
    const folded = foldedStep(graph, normalisation, parameters)(state, action, context);
    for (const [kind, step] of Object.entries({ plain, folded })) {
      graph.output(`${kind}State`, step.state);
      graph.output(`${kind}LogVariance`, step.logVariance);
      graph.output(`${kind}Current`, step.currentA!);
    }
    const session = await createSession(graph.build());
    const outputs = await session.run({
      state: normal(MEMBERS * ROLLOUTS * STATE_SIZE),
      action: normal(MEMBERS * ROLLOUTS * ACTION_SIZE),
      context: normal(MEMBERS * CONTEXT_SIZE),
    });
    await session.release();
    for (const what of ['State', 'LogVariance', 'Current']) {
      const wanted = Array.from(outputs[`plain${what}`] as Float32Array);
      expect(Array.from(outputs[`folded${what}`] as Float32Array)).toEqual(
        wanted.map((value) => expect.closeTo(value, 4)),
      );
    }
  });
});
