import { kinematicsModel } from '../kinematics.ts';
import type { KinematicParameters } from '../kinematics.ts';
import { latentModel } from '../latent.ts';
import type { DynamicsModel } from '../model.ts';
import { kinematicsOf } from '../release/baseline.ts';
import type { Baseline, Metrics, ReleaseContent } from '../release/manifest.ts';
import { calibrate, defaultCalibrateOptions } from './calibrate.ts';
import { makeDataset, normalisationOf, splitFlights } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import {
  auroc,
  coverageAt,
  innovationTripsPerHour,
  positionRmsAt,
  velocityRmsAt,
} from './evaluate.ts';
import { fitBaseline } from './fit-baseline.ts';
import type { FittedResponse } from './fit-baseline.ts';
import { STEP_S } from '../spaces.ts';
import { rowCount } from './flight.ts';
import type { Flight } from './flight.ts';
import { rollOut } from './rollouts.ts';
import type { Rollouts } from './rollout-summary.ts';
import { trainEnsemble } from './train.ts';
import type { TrainOptions, TrainTools } from './train.ts';

/** Flights to learn from, and flights far outside that only the figures on disagreement use. */
export interface TrainingFlights {
  readonly nominal: readonly Flight[];
  readonly excited2x: readonly Flight[];
  readonly excited3x: readonly Flight[];
}

export interface ReleaseIdentity {
  name: string;
  version: number;
  createdUtc: string;
  /** What made the flights, and the seed that makes them again. */
  source: string;
  seed: number;
}

/** Steps that plans look ahead and intervals are calibrated for. */
const HORIZON_STEPS = 20;

/** One second ahead: where models are compared. */
const COMPARE_STEPS = 10;

/** Every so-manieth window where a figure needs no time series: neighbours tell nearly the same. */
const STRIDE = 3;

const meanSquareAt = (rollouts: Rollouts, step: number, axis: number): number => {
  let sum = 0;
  for (let window = 0; window < rollouts.count; window += 1) {
    sum += rollouts.velocityError[(window * rollouts.horizon + step - 1) * 3 + axis]! ** 2;
  }
  return sum / Math.max(1, rollouts.count);
};

/** The fitted response with the variance per step that explains its error one second ahead. */
const withVariance = async (response: FittedResponse, dataset: Dataset): Promise<Baseline> => {
  const bare = { ...response, horizontalVariance: 1, verticalVariance: 1 };
  const rollouts = await rollOut(kinematicsModel(kinematicsOf(bare)), dataset, COMPARE_STEPS);
  const perStep = (axis: number): number =>
    meanSquareAt(rollouts, COMPARE_STEPS, axis) / COMPARE_STEPS;
  return {
    ...response,
    horizontalVariance: Math.max(1e-6, (perStep(0) + perStep(1)) / 2),
    verticalVariance: Math.max(1e-6, perStep(2)),
  };
};

/** Nothing ever changes its velocity: the second yardstick. */
const CONSTANT_VELOCITY: KinematicParameters = {
  horizontalRate: 0,
  verticalRate: 0,
  horizontalGain: 0,
  verticalGain: 0,
  horizontalVariance: 1,
  verticalVariance: 1,
};

const measure = async (
  model: DynamicsModel,
  baseline: Baseline,
  calibration: ReleaseContent['calibration'],
  test: readonly Flight[],
  flights: TrainingFlights,
): Promise<Metrics> => {
  const every = await rollOut(model, makeDataset(test, HORIZON_STEPS), HORIZON_STEPS);
  const sparse = makeDataset(test, HORIZON_STEPS, STRIDE);
  const fitted = await rollOut(kinematicsModel(kinematicsOf(baseline)), sparse, COMPARE_STEPS);
  const constant = await rollOut(kinematicsModel(CONSTANT_VELOCITY), sparse, COMPARE_STEPS);
  const excited = async (strange: readonly Flight[]): Promise<number> => {
    const rollouts = await rollOut(
      model,
      makeDataset(strange, HORIZON_STEPS, STRIDE),
      HORIZON_STEPS,
    );
    return auroc(every.disagreement, rollouts.disagreement);
  };
  const coverage = coverageAt(every, calibration, COMPARE_STEPS);
  const velocityRmsMps = velocityRmsAt(every, COMPARE_STEPS);
  const velocityRmsBaselineMps = velocityRmsAt(fitted, COMPARE_STEPS);
  return {
    velocityRmsMps,
    velocityRmsBaselineMps,
    velocityRmsConstantMps: velocityRmsAt(constant, COMPARE_STEPS),
    positionRmsM: positionRmsAt(every, COMPARE_STEPS),
    positionRmsBaselineM: positionRmsAt(fitted, COMPARE_STEPS),
    positionRmsConstantM: positionRmsAt(constant, COMPARE_STEPS),
    errorRatio: velocityRmsMps / velocityRmsBaselineMps,
    coverageVelocity: [...coverage.velocity],
    coveragePosition: [...coverage.position],
    aurocExcitation2x: await excited(flights.excited2x),
    aurocExcitation3x: await excited(flights.excited3x),
    innovationTripsPerHour: innovationTripsPerHour(every, calibration),
  };
};

const HOURS_PER_ROW = STEP_S / 3600;

const describeData = (
  identity: ReleaseIdentity,
  flights: readonly Flight[],
  testFlights: number,
  transitions: number,
): ReleaseContent['data'] => {
  const rows = flights.reduce((sum, flight) => sum + rowCount(flight), 0);
  return {
    source: identity.source,
    flights: flights.length,
    testFlights,
    transitions,
    hours: rows * HOURS_PER_ROW,
    seed: identity.seed,
  };
};

/** What training leaves behind: everything that a release says, and its weights. Sealing it takes a key. */
export interface TrainedRelease {
  content: ReleaseContent;
  parameters: Float32Array;
}

/**
 * From flights to a release: split by flight, fit the baseline, train, calibrate and measure, each on flights of its own.
 * Throws Fault `too-few-flights`, `flight-malformed`.
 */
export const makeRelease = async (
  flights: TrainingFlights,
  identity: ReleaseIdentity,
  options: TrainOptions,
  tools: TrainTools,
): Promise<TrainedRelease> => {
  const split = splitFlights(flights.nominal, tools.random.fork('split'));
  const train = makeDataset(split.train, options.horizon);
  const heldOut = makeDataset(split.validate, HORIZON_STEPS, STRIDE);
  const normalisation = normalisationOf(train);
  const response = fitBaseline(train, COMPARE_STEPS);
  const result = await trainEnsemble(train, heldOut, normalisation, options, tools);
  const { parameters } = result;
  const model = latentModel({ name: identity.name, version: '0', normalisation, parameters });
  const calibrationSet = makeDataset(split.calibrate, HORIZON_STEPS);
  const calibration = calibrate(
    await rollOut(model, calibrationSet, HORIZON_STEPS),
    defaultCalibrateOptions,
  );
  const baseline = await withVariance(response, calibrationSet);
  const metrics = await measure(model, baseline, calibration, split.test, flights);
  const { steps, bestStep } = result;
  const { batch, horizon, peakRate } = options;
  return {
    parameters,
    content: {
      name: identity.name,
      version: identity.version,
      createdUtc: identity.createdUtc,
      normalisation,
      calibration,
      baseline,
      metrics,
      data: describeData(identity, flights.nominal, split.test.length, train.starts.length),
      training: { steps, bestStep, batch, horizon, peakRate },
    },
  };
};
