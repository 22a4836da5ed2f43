import type { Clock } from '#protocols/time.ts';
import type { Random } from '#protocols/random.ts';
import { latentModel } from '../latent.ts';
import type { Normalisation } from '../network.ts';
import { initialParameters, MEMBERS, PARAMETER_COUNT } from '../parameter-layout.ts';
import { createSession } from '../session.ts';
import type { Session } from '../session.ts';
import type { Dataset } from './dataset.ts';
import { rollOut } from './rollouts.ts';
import { velocityRmsAt } from './evaluate.ts';
import { buildTrainingGraph } from './training-graph.ts';

export interface TrainOptions {
  /** Optimiser steps; the learning rate falls to zero along a half cosine over them. */
  steps: number;
  /** Windows per member and step. */
  batch: number;
  /** Steps unrolled in the loss. */
  horizon: number;
  peakRate: number;
  /** Optimiser steps between two looks at the held-out flights. */
  validateEvery: number;
  /** Looks without improvement after which training ends. */
  patience: number;
  threads: number;
}

/** Chosen on simulated flights: about a minute of one core for the whole ensemble. */
export const defaultTrainOptions: Readonly<TrainOptions> = {
  steps: 3600,
  batch: 128,
  horizon: 10,
  peakRate: 3e-3,
  validateEvery: 300,
  patience: 4,
  threads: 1,
};

export interface TrainProgress {
  step: number;
  steps: number;
  /** Mean training loss since the last report. */
  loss: number;
  /** Velocity error one second ahead on the held-out flights, m/s; undefined until the first look. */
  heldOutMps: number | undefined;
  leftS: number;
}

export interface TrainTools {
  random: Random;
  clock: Clock;
  onProgress: (progress: TrainProgress) => void;
}

export interface TrainResult {
  parameters: Float32Array;
  /** Optimiser step that the parameters are from, and the steps run in all. */
  bestStep: number;
  steps: number;
  heldOutMps: number;
  lastLoss: number;
}

/** Optimiser steps per run: long enough to forget the call's cost, short enough to report. */
const TURNS = 20;
const WARM_UP_STEPS = 100;
const MOMENTUM = 0.9;
const SECOND_MOMENTUM = 0.999;
const VALIDATE_STEPS = 10;

/** Learning rate at a step (from 0): warm-up, half cosine, Adam's bias correction (Kingma and Ba 2015, sec. 2). */
const rateAt = (step: number, options: TrainOptions): number => {
  const warm = Math.min(1, (step + 1) / WARM_UP_STEPS);
  const fall = 0.5 * (1 + Math.cos((Math.PI * step) / options.steps));
  const correction = Math.sqrt(1 - SECOND_MOMENTUM ** (step + 1)) / (1 - MOMENTUM ** (step + 1));
  return options.peakRate * warm * fall * correction;
};

interface Optimiser {
  parameters: Float32Array;
  first: Float32Array;
  second: Float32Array;
}

const runTurns = async (
  session: Session,
  dataset: Dataset,
  options: TrainOptions,
  state: Optimiser,
  step: number,
  random: Random,
): Promise<{ state: Optimiser; loss: number }> => {
  const starts = new Int32Array(TURNS * MEMBERS * options.batch);
  for (let index = 0; index < starts.length; index += 1) {
    starts[index] = dataset.starts[Math.floor(random.uniform() * dataset.starts.length)]!;
  }
  const rates = Float32Array.from({ length: TURNS }, (_, turn) => rateAt(step + turn, options));
  const next = await session.run({ table: dataset.table, starts, rates, ...state });
  const losses = next['losses'] as Float32Array;
  return {
    state: {
      parameters: next['next-parameters'] as Float32Array,
      first: next['next-first'] as Float32Array,
      second: next['next-second'] as Float32Array,
    },
    loss: losses.reduce((sum, loss) => sum + loss, 0) / TURNS,
  };
};

/**
 * Trains the ensemble; every member draws its own windows. Ends after `steps`, or when `patience` looks at the held-out
 * flights brought nothing better, and returns the best parameters seen. The same seed gives the same parameters bit for
 * bit on one kind of CPU.
 */
export const trainEnsemble = async (
  train: Dataset,
  heldOut: Dataset,
  normalisation: Normalisation,
  options: TrainOptions,
  tools: TrainTools,
): Promise<TrainResult> => {
  const shape = { rows: train.rows, batch: options.batch, horizon: options.horizon, turns: TURNS };
  const session = await createSession(buildTrainingGraph(shape, normalisation), {
    threads: options.threads,
  });
  let state: Optimiser = {
    parameters: initialParameters(tools.random.fork('parameters')),
    first: new Float32Array(PARAMETER_COUNT),
    second: new Float32Array(PARAMETER_COUNT),
  };
  const draws = tools.random.fork('batches');
  const best = { parameters: state.parameters, step: 0, error: Number.POSITIVE_INFINITY };
  const startMs = tools.clock.monotonicMs();
  let [step, looks, lastLoss] = [0, 0, Number.NaN];
  while (step < options.steps && looks < options.patience) {
    const turned = await runTurns(session, train, options, state, step, draws);
    state = turned.state;
    lastLoss = turned.loss;
    step += TURNS;
    if (step % options.validateEvery < TURNS || step >= options.steps) {
      const model = latentModel({
        name: 'training',
        version: '0',
        normalisation,
        parameters: state.parameters,
      });
      const error = velocityRmsAt(await rollOut(model, heldOut, VALIDATE_STEPS), VALIDATE_STEPS);
      looks = error < best.error ? 0 : looks + 1;
      if (looks === 0) Object.assign(best, { parameters: state.parameters, step, error });
    }
    const perStepMs = (tools.clock.monotonicMs() - startMs) / step;
    tools.onProgress({
      step,
      steps: options.steps,
      loss: lastLoss,
      heldOutMps: Number.isFinite(best.error) ? best.error : undefined,
      leftS: (perStepMs * Math.max(0, options.steps - step)) / 1000,
    });
  }
  await session.release();
  return {
    parameters: best.parameters,
    bestStep: best.step,
    steps: step,
    heldOutMps: best.error,
    lastLoss,
  };
};
