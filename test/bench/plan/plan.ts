import { createPlanner, type PlannerParts } from '#agent/mind/plan/planner.ts';
import { mppiGraph } from '#agent/mind/plan/mppi/graph.ts';
import { plainMppi } from '#agent/mind/plan/mppi/plain-mppi.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import type { PlanRequest } from '#agent/mind/plan-port.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { kinematicsModel } from '#world/kinematics.ts';
import type { DynamicsModel } from '#world/model.ts';
import { sha256Hex } from '#world/release/digest.ts';
import { createSession, type Session } from '#world/session.ts';
import { ACTION_SIZE, HISTORY_STEPS, OBSERVATION_SIZE, STATE_SIZE } from '#world/spaces.ts';
import { flyingTube, requestOf } from '../../agent/mind/plan/plant.ts';
import { quantile, type Bench } from '../bench.ts';
import { madeModel, type MadeModel } from './made-model.ts';
import { PlainEnsemble } from './plain-ensemble.ts';
import { rolloutGraph } from './rollout-graph.ts';

const WARM_UP = 30;
const PLANS_PER_SEED = 60;
/** Sequences at which throughput is measured: many, so that it shows the arithmetic and not the dispatch. */
const MANY = 1024;
const ROLLOUTS_PER_SEED = 6;

/** A busy moment: neighbours, obstacles, a fence near by, a plan being flown. */
const requestFor = (seed: number, requestId: number): PlanRequest => {
  const random = seededRandom(seed).fork(`request ${requestId}`);
  const around = (reachM: number): number => reachM * (2 * random.uniform() - 1);
  return requestOf({
    requestId,
    seed,
    waypoints: [vector3(60, around(40), -20), vector3(120, around(40), -20)],
    vehicle: { ...requestOf().vehicle, velocityNed: vector3(4, around(1), around(0.5)) },
    previousAction: { velocityNed: vector3(4, 0, 0), yawRateRadps: 0 },
    history: Float32Array.from({ length: HISTORY_STEPS * OBSERVATION_SIZE }, () => random.normal()),
    neighbours: [2, 3, 4, 5].map((member) =>
      flyingTube(member, vector3(25, 12 * member - 42, -20), vector3(around(3), around(3), 0), 0),
    ),
    obstacles: Array.from({ length: 8 }, () => ({
      northM: 30 + around(20),
      eastM: around(40),
      radiusM: 2,
      heightM: 40,
    })),
  });
};

interface Timing {
  /** Wall time of each plan, ms. */
  plansMs: number[];
  /** CPU time of all of them, ms each. */
  cpuMs: number;
}

const timePlans = async (
  model: DynamicsModel,
  samples: number,
  seeds: readonly number[],
): Promise<Timing> => {
  const settings = { ...PLAN_SETTINGS, samples };
  const session: Pick<Session, 'run'> & Partial<Session> =
    model.members === 1 ? plainMppi(settings) : await createSession(mppiGraph(model, settings));
  const parts: PlannerParts = {
    model,
    source: 'model',
    calibration: null,
    weights: 'made',
    settings,
    session,
    hash: sha256Hex,
  };
  const plan = createPlanner(parts);
  for (let index = 0; index < WARM_UP; index += 1) await plan(requestFor(0, index));
  const plansMs: number[] = [];
  const before = process.cpuUsage();
  for (const seed of seeds) {
    for (let index = 0; index < PLANS_PER_SEED; index += 1) {
      const request = requestFor(seed, index);
      const startedMs = performance.now();
      await plan(request);
      plansMs.push(performance.now() - startedMs);
    }
  }
  const { user, system } = process.cpuUsage(before);
  await session.release?.();
  return { plansMs, cpuMs: (user + system) / 1000 / plansMs.length };
};

interface RolloutTiming {
  graphMs: number;
  plainMs: number;
  flops: number;
}

/** The same rollouts by the graph and by plain loops, turn by turn so that both see the same machine. */
const timeRollouts = async (made: MadeModel, seeds: readonly number[]): Promise<RolloutTiming> => {
  const steps = PLAN_SETTINGS.horizonSteps;
  const sequences = made.model.members * Math.ceil(MANY / made.model.members);
  const session = await createSession(rolloutGraph(made.model, steps, sequences));
  const graphMs: number[] = [];
  const plainMs: number[] = [];
  let flops = 0;
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const normal = (length: number): Float32Array =>
      Float32Array.from({ length }, () => random.normal());
    const feeds = {
      history: normal(HISTORY_STEPS * OBSERVATION_SIZE),
      state: new Float32Array(STATE_SIZE),
      actions: normal(steps * sequences * ACTION_SIZE),
    };
    const { context } = await session.run(feeds);
    const { parameters, normalisation } = made;
    const plain = new PlainEnsemble(parameters, normalisation, context as Float32Array);
    flops = plain.flopsPerStep * steps * sequences;
    for (let index = 0; index < ROLLOUTS_PER_SEED; index += 1) {
      const graphFromMs = performance.now();
      await session.run(feeds);
      const plainFromMs = performance.now();
      plain.rollOut(new Float32Array(sequences * STATE_SIZE), feeds.actions, steps);
      graphMs.push(plainFromMs - graphFromMs);
      plainMs.push(performance.now() - plainFromMs);
    }
  }
  await session.release();
  return { graphMs: quantile(graphMs, 0.5), plainMs: quantile(plainMs, 0.5), flops };
};

const mflops = (flops: number, ms: number): number => flops / ms / 1000;

/** How long a plan takes on one thread, and how much the graph is worth against plain loops. */
export const planBench: Bench = {
  about: 'one plan over a learned model of the usual size, one thread',
  seeds: [1, 5],
  run: async ({ seeds, tell }) => {
    const made = madeModel(1);
    const usual = await timePlans(made.model, PLAN_SETTINGS.samples, seeds);
    tell(`${usual.plansMs.length} plans of ${PLAN_SETTINGS.samples} sequences`);
    const many = await timePlans(made.model, MANY, seeds);
    tell(`${many.plansMs.length} plans of ${MANY} sequences`);
    const kinematics = kinematicsModel(PLAN_SETTINGS.kinematics);
    const analytic = await timePlans(kinematics, PLAN_SETTINGS.samples, seeds);
    const rollouts = await timeRollouts(made, seeds);
    return {
      p50Ms: quantile(usual.plansMs, 0.5),
      p99Ms: quantile(usual.plansMs, 0.99),
      trajectoriesPerSecond: (1000 * MANY) / quantile(many.plansMs, 0.5),
      ratioVsJs: rollouts.plainMs / rollouts.graphMs,
      samples: PLAN_SETTINGS.samples,
      cpuMsPerPlan: usual.cpuMs,
      analyticP50Ms: quantile(analytic.plansMs, 0.5),
      manySamples: MANY,
      manyP50Ms: quantile(many.plansMs, 0.5),
      rolloutGraphMs: rollouts.graphMs,
      rolloutPlainMs: rollouts.plainMs,
      graphMflops: mflops(rollouts.flops, rollouts.graphMs),
      plainMflops: mflops(rollouts.flops, rollouts.plainMs),
    };
  },
};
