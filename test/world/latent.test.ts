import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import { stepDisagreement } from '#world/disagreement.ts';
import { GraphBuilder } from '#world/graph/builder.ts';
import { latentModel } from '#world/latent.ts';
import { initialParameters, MEMBERS, parameterBlock } from '#world/parameter-layout.ts';
import { createSession } from '#world/session.ts';
import type { Session } from '#world/session.ts';
import {
  ACTION_SIZE,
  HISTORY_STEPS,
  OBSERVATION_SIZE,
  STATE,
  STATE_SIZE,
  STEP_S,
} from '#world/spaces.ts';

const ROLLOUTS = 3;
const normalisation = {
  observationMean: Array.from({ length: OBSERVATION_SIZE }, (_, index) => (index === 8 ? 0.5 : 0)),
  observationDeviation: Array.from({ length: OBSERVATION_SIZE }, (_, index) => 1 + index / 10),
  changeDeviation: [0.2, 0.2, 0.1, 0.2, 0.07, 0.07, 0.06],
};

/** One step of a model from given states, as a session. */
const stepSession = (parameters: Float32Array): Promise<Session> => {
  const graph = new GraphBuilder('step');
  const model = latentModel({ name: 'test', version: '1', normalisation, parameters }).place(graph);
  const context = model.encode(graph.input('history', [HISTORY_STEPS, OBSERVATION_SIZE]));
  const state = graph.input('state', [MEMBERS, ROLLOUTS, STATE_SIZE]);
  const next = model.step(state, graph.input('action', [MEMBERS, ROLLOUTS, ACTION_SIZE]), context);
  graph.output('next', next.state);
  graph.output('logVariance', next.logVariance);
  graph.output('disagreement', stepDisagreement(next.state));
  return createSession(graph.build());
};

/** The same row for every member and rollout. */
const everywhere = (row: readonly number[]): Float32Array =>
  Float32Array.from(
    { length: MEMBERS * ROLLOUTS * row.length },
    (_, index) => row[index % row.length]!,
  );

const finite = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: low, max: high, noNaN: true });

describe('a learned model', () => {
  let session: Session;
  const random = seededRandom(3);
  const history = Float32Array.from({ length: HISTORY_STEPS * OBSERVATION_SIZE }, () =>
    random.normal(),
  );

  beforeAll(async () => {
    session = await stepSession(initialParameters(seededRandom(1)));
  });
  afterAll(() => session.release());

  const step = async (
    state: readonly number[],
    action: readonly number[],
  ): Promise<Float32Array> => {
    const result = await session.run({
      history,
      state: everywhere(state),
      action: everywhere(action),
    });
    return result['next'] as Float32Array;
  };

  it('turns with the world: heading changes nothing but the heading', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(finite(-8, 8), { minLength: 6, maxLength: 6 }),
        fc.array(finite(-0.5, 0.5), { minLength: 3, maxLength: 3 }),
        finite(-3, 3),
        async ([vx, vy, vz, ux, uy, uz], [tx, ty, rate], turn) => {
          const thrust = 0.5;
          const plain = await step(
            [0, 0, 0, vx!, vy!, vz!, tx!, ty!, thrust, 0, rate!],
            [ux!, uy!, uz!, 0.1],
          );
          const [c, s] = [Math.cos(turn), Math.sin(turn)];
          const turned = await step(
            [0, 0, 0, c * vx! - s * vy!, s * vx! + c * vy!, vz!, tx!, ty!, thrust, turn, rate!],
            [c * ux! - s * uy!, s * ux! + c * uy!, uz!, 0.1],
          );
          for (const at of [STATE.position, STATE.velocity]) {
            expect(turned[at]).toBeCloseTo(c * plain[at]! - s * plain[at + 1]!, 4);
            expect(turned[at + 1]).toBeCloseTo(s * plain[at]! + c * plain[at + 1]!, 4);
          }
          for (const at of [STATE.velocity + 2, STATE.tilt, STATE.thrust, STATE.yawRate]) {
            expect(turned[at]).toBeCloseTo(plain[at]!, 4);
          }
          expect(turned[STATE.yaw]).toBeCloseTo(plain[STATE.yaw]! + turn, 4);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('does not depend on where it is, and moves by the mean of old and new velocity', async () => {
    const here = await step([0, 0, 0, 2, 1, 0, 0, 0, 0.5, 0.3, 0], [4, 0, 0, 0]);
    const there = await step([100, -50, -20, 2, 1, 0, 0, 0, 0.5, 0.3, 0], [4, 0, 0, 0]);
    expect(there[STATE.velocity]).toBeCloseTo(here[STATE.velocity]!, 5);
    expect(there[0]! - 100).toBeCloseTo(here[0]!, 4);
    expect(here[0]).toBeCloseTo((STEP_S / 2) * (2 + here[STATE.velocity]!), 5);
  });

  it('keeps every claimed deviation between its bounds, however strange the state', async () => {
    const result = await session.run({
      history: history.map((value) => 100 * value),
      state: everywhere([0, 0, 0, 300, -300, 99, 1, -1, 5, 2, 9]),
      action: everywhere([-200, 0, 0, 5]),
    });
    for (const value of result['logVariance'] as Float32Array) {
      expect(Math.exp(value / 2)).toBeGreaterThan(0.003);
      expect(Math.exp(value / 2)).toBeLessThan(1.1);
    }
  });

  it('has members that differ, and says by how much', async () => {
    const state = [0, 0, 0, 2, 1, 0, 0, 0, 0.5, 0.3, 0];
    const { next, disagreement } = await session.run({
      history,
      state: everywhere(state),
      action: everywhere([4, 0, 0, 0]),
    });
    let variance = 0;
    for (let axis = 0; axis < 3; axis += 1) {
      const values = Array.from({ length: MEMBERS }, (_, member) =>
        Number(next![member * ROLLOUTS * STATE_SIZE + STATE.velocity + axis]),
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / MEMBERS;
      variance += values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / MEMBERS / 3;
    }
    expect(Math.sqrt(variance)).toBeGreaterThan(0);
    expect(Number(disagreement![0])).toBeCloseTo(Math.sqrt(variance), 5);
  });
});

describe('a model whose network is silent', () => {
  it('is its physics step: first order towards gain · setpoint', async () => {
    const parameters = initialParameters(seededRandom(1));
    for (const name of ['outputWeights', 'outputBias'] as const) {
      const { offset, length } = parameterBlock(name);
      parameters.fill(0, offset, offset + length);
    }
    const gain = parameterBlock('physicsGain');
    parameters.fill(0.8, gain.offset, gain.offset + gain.length);
    const session = await stepSession(parameters);
    const { next } = await session.run({
      history: new Float32Array(HISTORY_STEPS * OBSERVATION_SIZE),
      state: everywhere([0, 0, 0, 1, 0, 0, 0.1, 0, 0.5, 1, 0]),
      action: everywhere([5, 2, -1, 0.5]),
    });
    const share = 1 - Math.exp(-2 * STEP_S);
    const towards = (value: number, setpoint: number): number =>
      value + share * (0.8 * setpoint - value);
    const wanted = [towards(1, 5), towards(0, 2), towards(0, -1)];
    wanted.forEach((value, axis) =>
      expect(Number(next![STATE.velocity + axis])).toBeCloseTo(value, 5),
    );
    expect(Number(next![STATE.yawRate])).toBeCloseTo(towards(0, 0.5), 5);
    expect(Number(next![STATE.tilt])).toBeCloseTo(0.1, 6);
    await session.release();
  });
});
