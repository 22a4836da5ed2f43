import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { createSession } from '#world/session.ts';
import { ACTION_SIZE, HISTORY_STEPS, OBSERVATION_SIZE, STATE_SIZE } from '#world/spaces.ts';
import { madeModel } from './plan/made-model.ts';
import { PlainEnsemble } from './plan/plain-ensemble.ts';
import { rolloutGraph } from './plan/rollout-graph.ts';

describe('the learned dynamics in plain loops', () => {
  it('come to where the graph comes to', async () => {
    const steps = 20;
    const sequences = 10;
    const { model, parameters, normalisation } = madeModel(3);
    const random = seededRandom(4);
    const normal = (length: number): Float32Array =>
      Float32Array.from({ length }, () => random.normal());
    const state = normal(STATE_SIZE);
    const actions = normal(steps * sequences * ACTION_SIZE);
    const session = await createSession(rolloutGraph(model, steps, sequences));
    const history = normal(HISTORY_STEPS * OBSERVATION_SIZE);
    const { motion, context } = await session.run({ history, state, actions });
    await session.release();
    const plain = new PlainEnsemble(parameters, normalisation, context as Float32Array);
    const states = new Float32Array(sequences * STATE_SIZE);
    for (let sequence = 0; sequence < sequences; sequence += 1) {
      states.set(state, sequence * STATE_SIZE);
    }
    plain.rollOut(states, actions, steps);
    for (let sequence = 0; sequence < sequences; sequence += 1) {
      for (let index = 0; index < 6; index += 1) {
        const graph = Number(motion![6 * sequence + index]);
        expect(states[sequence * STATE_SIZE + index]).toBeCloseTo(graph, 3);
      }
    }
  });
});
