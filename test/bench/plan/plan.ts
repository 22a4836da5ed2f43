import { createPlanner, type PlannerParts } from '#agent/mind/plan/planner.ts';
import { mppiGraph } from '#agent/mind/plan/mppi/graph.ts';
import { learnedMppi } from '#agent/mind/plan/mppi/learned-mppi.ts';
import { plainMppi } from '#agent/mind/plan/mppi/plain-mppi.ts';
import { PLAN_SETTINGS, type PlanSettings } from '#agent/mind/plan/settings.ts';
import type { PlanRequest } from '#agent/mind/plan-port.ts';
import { seededRandom } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { KernelEnsemble } from '#world/kernel/ensemble.ts';
import { kinematicsModel } from '#world/kinematics.ts';
import type { DynamicsModel } from '#world/model.ts';
import { MEMBERS } from '#world/parameter-layout.ts';
import { sha256Hex } from '#world/release/digest.ts';
import { createSession, type Session } from '#world/session.ts';
import { ACTION_SIZE, HISTORY_STEPS, OBSERVATION_SIZE, STATE_SIZE } from '#world/spaces.ts';
import { flyingTube, requestOf } from '../../agent/mind/plan/plant.ts';
import { quantile, type Bench } from '../bench.ts';
import { madeModel, type MadeModel } from './made-model.ts';
import { PlainEnsemble } from './plain-ensemble.ts';
import { rolloutGraph } from './rollout-graph.ts';

const WARM_UP = 30;
/** Sequences of a plan in whole swarms in lockstep. */
const FEW = 64;
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

/** Planners over the same requests, seed by seed in turn so that all see the same machine. */
const timePlans = async (
  model: DynamicsModel,
  settings: PlanSettings,
  sessions: readonly Pick<Session, 'run'>[],
  seeds: readonly number[],
): Promise<Timing[]> => {
  const planners = sessions.map((session) => {
    const parts: PlannerParts = {
      model,
      source: 'model',
      calibration: null,
      weights: 'made',
      settings,
      session,
      hash: sha256Hex,
    };
    return { plan: createPlanner(parts), timing: { plansMs: [], cpuMs: 0 } as Timing };
  });
  for (const { plan } of planners) {
    for (let index = 0; index < WARM_UP; index += 1) await plan(requestFor(0, index));
  }
  for (const seed of seeds) {
    for (const { plan, timing } of planners) {
      const before = process.cpuUsage();
      for (let index = 0; index < PLANS_PER_SEED; index += 1) {
        const request = requestFor(seed, index);
        const startedMs = performance.now();
        await plan(request);
        timing.plansMs.push(performance.now() - startedMs);
      }
      const { user, system } = process.cpuUsage(before);
      timing.cpuMs += (user + system) / 1000 / (PLANS_PER_SEED * seeds.length);
    }
  }
  return planners.map(({ timing }) => timing);
};

/** The learned planner as it flies, and as one graph of onnxruntime. */
const timeLearned = async (
  made: MadeModel,
  samples: number,
  seeds: readonly number[],
): Promise<{ flown: Timing; graph: Timing }> => {
  const settings = { ...PLAN_SETTINGS, samples };
  const session = await createSession(mppiGraph(made.model, settings));
  const sessions = [learnedMppi(made, settings), session];
  const [flown, graph] = await timePlans(made.model, settings, sessions, seeds);
  await session.release();
  return { flown: flown!, graph: graph! };
};

interface RolloutTiming {
  kernelMs: number;
  graphMs: number;
  plainMs: number;
  flops: number;
}

const rollOutAll = (
  kernel: KernelEnsemble,
  { history, actions }: { history: Float32Array; actions: Float32Array },
  steps: number,
  each: number,
): void => {
  kernel.encode(history);
  const states = new Float64Array(each * STATE_SIZE);
  for (let member = 0; member < MEMBERS; member += 1) {
    states.fill(0);
    for (let step = 0; step < steps; step += 1) {
      kernel.step(member, states, each, actions, (step * MEMBERS + member) * each);
    }
  }
};

/** The same rollouts by the planner's kernel, by the graph and by plain loops, turn by turn so that all see the same machine. */
const timeRollouts = async (made: MadeModel, seeds: readonly number[]): Promise<RolloutTiming> => {
  const steps = PLAN_SETTINGS.horizonSteps;
  const sequences = made.model.members * Math.ceil(MANY / made.model.members);
  const session = await createSession(rolloutGraph(made.model, steps, sequences));
  const kernel = new KernelEnsemble(made, sequences / made.model.members);
  const kernelMs: number[] = [];
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
      const kernelFromMs = performance.now();
      rollOutAll(kernel, feeds, steps, sequences / made.model.members);
      plainMs.push(kernelFromMs - plainFromMs);
      kernelMs.push(performance.now() - kernelFromMs);
    }
  }
  await session.release();
  return {
    kernelMs: quantile(kernelMs, 0.5),
    graphMs: quantile(graphMs, 0.5),
    plainMs: quantile(plainMs, 0.5),
    flops,
  };
};

const mflops = (flops: number, ms: number): number => flops / ms / 1000;

/** How long a plan takes on one thread, and how much the kernel is worth against a graph and against plain loops. */
export const planBench: Bench = {
  about: 'one plan over a learned model of the usual size, one thread',
  seeds: [1, 5],
  run: async ({ seeds, tell }) => {
    const made = madeModel(1);
    const few = await timeLearned(made, FEW, seeds);
    tell(`${few.flown.plansMs.length} plans of ${FEW} sequences`);
    const usual = await timeLearned(made, PLAN_SETTINGS.samples, seeds);
    tell(`${usual.flown.plansMs.length} plans of ${PLAN_SETTINGS.samples} sequences`);
    const many = await timeLearned(made, MANY, seeds);
    tell(`${many.flown.plansMs.length} plans of ${MANY} sequences`);
    const kinematics = kinematicsModel(PLAN_SETTINGS.kinematics);
    const [analytic] = await timePlans(
      kinematics,
      PLAN_SETTINGS,
      [plainMppi(PLAN_SETTINGS)],
      seeds,
    );
    const rollouts = await timeRollouts(made, seeds);
    return {
      p50Ms: quantile(usual.flown.plansMs, 0.5),
      p99Ms: quantile(usual.flown.plansMs, 0.99),
      trajectoriesPerSecond: (1000 * MANY) / quantile(many.flown.plansMs, 0.5),
      ratioVsJs: rollouts.plainMs / rollouts.kernelMs,
      samples: PLAN_SETTINGS.samples,
      cpuMsPerPlan: usual.flown.cpuMs,
      ratioVsGraph: usual.graph.cpuMs / usual.flown.cpuMs,
      fewSamples: FEW,
      fewCpuMsPerPlan: few.flown.cpuMs,
      fewRatioVsGraph: few.graph.cpuMs / few.flown.cpuMs,
      analyticP50Ms: quantile(analytic!.plansMs, 0.5),
      manySamples: MANY,
      manyP50Ms: quantile(many.flown.plansMs, 0.5),
      rolloutKernelMs: rollouts.kernelMs,
      rolloutGraphMs: rollouts.graphMs,
      rolloutPlainMs: rollouts.plainMs,
      kernelMflops: mflops(rollouts.flops, rollouts.kernelMs),
      graphMflops: mflops(rollouts.flops, rollouts.graphMs),
      plainMflops: mflops(rollouts.flops, rollouts.plainMs),
    };
  },
};
