import { kinematicsModel } from '../kinematics.ts';
import { latentModel } from '../latent.ts';
import { kinematicsOf } from '../release/baseline.ts';
import type { Baseline, ReleaseContent } from '../release/manifest.ts';
import { STEP_S } from '../spaces.ts';
import { calibrate, defaultCalibrateOptions } from './calibrate.ts';
import { makeDataset, normalisationOf, splitFlights } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { fitBaseline } from './fit-baseline.ts';
import type { FittedResponse } from './fit-baseline.ts';
import { rowCount } from './flight.ts';
import type { Flight } from './flight.ts';
import { COMPARE_STEPS, HORIZON_STEPS, measureModel, STRIDE } from './measure.ts';
import type { FlightGroups } from './measure.ts';
import { rollOut } from './rollouts.ts';
import type { Rollouts } from './rollout-summary.ts';
import { trainEnsemble } from './train.ts';
import type { TrainOptions, TrainTools } from './train.ts';

export interface ReleaseIdentity {
  name: string;
  version: number;
  createdUtc: string;
  /** What made the flights, and the seed that makes them again. */
  source: string;
  seed: number;
}

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
  flights: FlightGroups,
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
  const metrics = await measureModel(
    { model, baseline, calibration },
    { ...flights, nominal: split.test },
  );
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
