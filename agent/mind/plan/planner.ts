import type { PlanSource, Trajectory } from '#protocols/trajectory.ts';
import { kinematicSigma } from '#world/kinematics.ts';
import type { DynamicsModel } from '#world/model.ts';
import type { Session } from '#world/session.ts';
import { positionSigmas, type Calibration } from '#world/uncertainty.ts';
import type { PlanAnswer, PlanRequest, RejectedRollout } from '../plan-port.ts';
import { briefingOf, type Briefing } from './briefing.ts';
import { planDigest, type Hash } from './digest.ts';
import { emptyMotion, trajectoryOf, type Motion } from './motion.ts';
import { planFeeds, writeFeeds } from './mppi/feeds.ts';
import { sequencesOf } from './mppi/graph.ts';
import { noiseBank } from './mppi/noise-bank.ts';
import { safePlanner } from './safe.ts';
import type { PlanSettings } from './settings.ts';
import { clearanceOf, withStoppingTail, type Stopping } from './tail.ts';
import { yawAlong } from './yaw.ts';

/**
 * Of what makes an answer out of a request, model and settings apart: one more whenever any answer's last bit may change, so that a
 * replay of an old log says that another planner flew and not that an input has changed.
 * 1: both models as graphs. 2: both in plain loops.
 */
const PLANNER_VERSION = 2;

/** `name@version` of a model and the planner's own version: what answers and records say of who planned. */
export const plannerName = ({ id, version }: Pick<DynamicsModel, 'id' | 'version'>): string =>
  `${id}@${version}+p${PLANNER_VERSION}`;

/** What a planner is made of. `session` does what the `mppiGraph` of `model` and `settings` does. */
export interface PlannerParts {
  model: DynamicsModel;
  source: PlanSource;
  /** Intervals and thresholds of a trained release; null for the analytic model, which has none. */
  calibration: Calibration | null;
  /** Digest of the release, or whatever else names the numbers that imagine. */
  weights: string;
  settings: PlanSettings;
  session: Pick<Session, 'run'>;
  hash: Hash;
}

/** An answer but for its duration, which only a door can measure. */
export type TimelessAnswer = Omit<PlanAnswer, 'planMs'>;

/** Threshold of a model that cannot disagree with itself, m/s. */
const NEVER_MPS = 1e9;

/** What the graph said about its R candidates, best first. */
interface Candidate {
  index: number;
  score: number;
  disagreement: number;
}

type Outputs = Record<string, Float32Array>;

const candidatesOf = (outputs: Outputs): Candidate[] =>
  Array.from(outputs['scores']!, (score, index) => ({
    index,
    score,
    disagreement: outputs['disagreement']![index]!,
  }))
    .filter(({ score, disagreement }) => Number.isFinite(score) && Number.isFinite(disagreement))
    .sort((a, b) => a.score - b.score || a.index - b.index);

/** Column `index` of [H × R × 3], as [3 × H] from `offset` of `out`. */
const takeColumn = (
  packed: Float32Array,
  index: number,
  count: number,
  out: Float64Array | Float32Array,
  offset: number,
): void => {
  for (let step = 0; 3 * step + offset < out.length; step += 1) {
    for (let axis = 0; axis < 3; axis += 1) {
      out[offset + 3 * step + axis] = packed[(step * count + index) * 3 + axis]!;
    }
  }
};

const motionOf = (outputs: Outputs, index: number, briefing: Briefing, steps: number): Motion => {
  const count = outputs['scores']!.length;
  const motion = emptyMotion(steps);
  takeColumn(outputs['actions']!, index, count, motion.actions, 0);
  takeColumn(outputs['positions']!, index, count, motion.positions, 3);
  takeColumn(outputs['velocities']!, index, count, motion.velocities, 3);
  motion.velocities.set(briefing.follows.velocities.subarray(0, 3));
  return motion;
};

/** The best candidate whose whole motion, tail included, keeps clear of everything; undefined when none does. */
const firstClear = (
  outputs: Outputs,
  candidates: readonly Candidate[],
  briefing: Briefing,
  settings: PlanSettings,
): { motion: Stopping; candidate: Candidate } | undefined => {
  const { near, keepout, limits, stepper } = briefing;
  for (const candidate of candidates) {
    const imagined = motionOf(outputs, candidate.index, briefing, settings.horizonSteps);
    const motion = withStoppingTail(imagined, limits, settings.tail, stepper);
    if (clearanceOf(near, keepout, motion, -settings.toleranceM) >= -settings.toleranceM) {
      return { motion, candidate };
    }
  }
  return undefined;
};

/** Standard deviations of the plan's positions: the model's own for the horizon, then growing as the analytic model's do. */
const sigmasOf = (
  parts: PlannerParts,
  outputs: Outputs,
  index: number,
  steps: number,
): Float32Array => {
  const { horizonSteps, kinematics } = parts.settings;
  const sigmas = kinematicSigma(kinematics, steps);
  if (parts.calibration === null) return sigmas;
  const variance = new Float32Array(3 * horizonSteps);
  takeColumn(outputs['velocityVariance']!, index, outputs['scores']!.length, variance, 0);
  for (let step = 0; step < horizonSteps; step += 1) {
    // Claimed in NED, calibrated in level body: the larger horizontal one is an upper bound in both.
    const larger = Math.max(variance[3 * step]!, variance[3 * step + 1]!);
    variance[3 * step] = larger;
    variance[3 * step + 1] = larger;
  }
  const learned = new Float32Array(horizonSteps + 1);
  positionSigmas(parts.calibration, variance, 0, learned);
  const seam = learned[horizonSteps]! - sigmas[horizonSteps]!;
  for (let step = 0; step <= steps; step += 1) {
    sigmas[step] =
      step <= horizonSteps
        ? learned[step]!
        : Math.max(learned[horizonSteps]!, sigmas[step]! + seam);
  }
  return sigmas;
};

const rejectedOf = (
  outputs: Outputs,
  candidates: readonly Candidate[],
  chosen: number,
  { near }: Briefing,
  settings: PlanSettings,
): RejectedRollout[] => {
  const count = outputs['scores']!.length;
  return candidates
    .filter(({ index }) => index !== chosen)
    .slice(0, settings.recorded)
    .map(({ index, score }) => {
      const positionNedM = new Float32Array(3 * settings.horizonSteps);
      takeColumn(outputs['positions']!, index, count, positionNedM, 0);
      const { x, y, z } = near.originNed;
      for (let offset = 0; offset < positionNedM.length; offset += 3) {
        positionNedM[offset] = positionNedM[offset]! + x;
        positionNedM[offset + 1] = positionNedM[offset + 1]! + y;
        positionNedM[offset + 2] = positionNedM[offset + 2]! + z;
      }
      return { cost: score, positionNedM };
    });
};

/**
 * From a request to an answer: lays out the scene, feeds the graph, checks what it proposes in full and in double
 * precision, and appends the stopping tail. Pure but for `session.run`: the same request and parts give the same bits.
 */
export const createPlanner = (
  parts: PlannerParts,
): ((request: PlanRequest) => Promise<TimelessAnswer>) => {
  const { model, settings, session } = parts;
  const sequences = sequencesOf(model, settings);
  const bank = noiseBank(settings, sequences);
  const feeds = planFeeds(settings, sequences, model.contextSize > 0);
  const planSafely = safePlanner(settings);
  const threshold = parts.calibration?.disagreement.thresholdMps ?? NEVER_MPS;
  const answerWith = (
    request: PlanRequest,
    trajectory: Trajectory,
    told: Pick<PlanAnswer, 'disagreement' | 'bestCost' | 'rejected' | 'tripped' | 'reason'>,
  ): TimelessAnswer => ({
    requestId: request.requestId,
    trajectory,
    model: plannerName(model),
    threshold,
    digest: planDigest(request, parts.weights, trajectory, told.disagreement, parts.hash),
    ...told,
  });
  const blind = (request: PlanRequest, tripped: boolean, reason: string): TimelessAnswer =>
    answerWith(request, planSafely(request), {
      disagreement: 0,
      bestCost: 0,
      rejected: [],
      tripped,
      reason,
    });
  return async (request) => {
    if (model.contextSize > 0 && request.history === null)
      return blind(request, false, 'no history');
    const { margins, horizonSteps, reference } = settings;
    const speedMps = request.cruiseSpeedMps;
    const briefing = briefingOf(request, margins, speedMps, reference.accelerationShare, settings);
    const yaw = yawAlong(request, briefing.reference.velocities, horizonSteps, settings.yaw);
    writeFeeds(request, briefing, yaw, settings, bank, feeds);
    const outputs = (await session.run(feeds)) as Outputs;
    const candidates = candidatesOf(outputs);
    const [best] = candidates;
    if (best === undefined) return blind(request, true, 'no number');
    const chosen = firstClear(outputs, candidates, briefing, settings);
    const told = {
      disagreement: (chosen?.candidate ?? best).disagreement,
      bestCost: best.score,
      rejected: rejectedOf(outputs, candidates, chosen?.candidate.index ?? -1, briefing, settings),
      tripped: false,
      reason: '',
    };
    if (told.disagreement > threshold) {
      const why = { ...told, tripped: true, reason: 'disagreement' };
      return answerWith(request, planSafely(request), why);
    }
    if (chosen === undefined) {
      return answerWith(request, planSafely(request), { ...told, reason: 'nothing clear' });
    }
    const { motion, candidate } = chosen;
    const trajectory = trajectoryOf(
      request,
      parts.source,
      motion,
      motion.tailSteps,
      briefing.near.originNed,
      yawAlong(request, motion.velocities, motion.steps, settings.yaw),
      sigmasOf(parts, outputs, candidate.index, motion.steps),
    );
    return answerWith(request, trajectory, told);
  };
};
