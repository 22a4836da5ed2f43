import { describe, expect, it } from 'vitest';
import { seededRandom } from '#protocols/random.ts';
import type { Clock } from '#protocols/time.ts';
import { KINEMATIC_DEFAULTS, kinematicsModel } from '#world/kinematics.ts';
import { latentModel } from '#world/latent.ts';
import { calibrate, defaultCalibrateOptions } from '#world/train/calibrate.ts';
import { makeDataset, normalisationOf } from '#world/train/dataset.ts';
import { coverageAt, positionRmsAt, velocityRmsAt } from '#world/train/evaluate.ts';
import { fitBaseline } from '#world/train/fit-baseline.ts';
import { rollOut } from '#world/train/rollouts.ts';
import { defaultTrainOptions, trainEnsemble } from '#world/train/train.ts';
import type { TrainOptions, TrainProgress, TrainResult } from '#world/train/train.ts';
import { syntheticFlights } from './synthetic-flights.ts';

/** Ten milliseconds pass at every look. */
const tickingClock = (): Clock => {
  let nowMs = 0;
  return { monotonicMs: () => (nowMs += 10), unixUs: () => 0n };
};

const WINDY = { ratePerS: 1.5, gain: 0.9, windMps: 2, noiseMps: 0.1 };
const HORIZON = 10;
const train = makeDataset(syntheticFlights(60, 15, WINDY, 1), HORIZON);
const heldOut = makeDataset(syntheticFlights(12, 15, WINDY, 2), HORIZON, 2);
const normalisation = normalisationOf(train);

const runTraining = (
  options: Partial<TrainOptions>,
  onProgress: (progress: TrainProgress) => void = () => {},
): Promise<TrainResult> => {
  const tools = { random: seededRandom(5), clock: tickingClock(), onProgress };
  const small = { ...defaultTrainOptions, batch: 24, horizon: 5, ...options };
  return trainEnsemble(train, heldOut, normalisation, small, tools);
};

describe('the fitted baseline', () => {
  it('finds rate and gain of a vehicle that is a first-order lag', () => {
    const still = makeDataset(syntheticFlights(20, 30, { ...WINDY, windMps: 0 }), HORIZON);
    const fitted = fitBaseline(still, HORIZON);
    for (const axis of [fitted.horizontal, fitted.vertical]) {
      expect(axis.ratePerS).toBeCloseTo(1.5, 1);
      expect(axis.gain).toBeCloseTo(0.9, 1);
    }
  });

  it('predicts that vehicle to within its noise, position included', async () => {
    const still = makeDataset(
      syntheticFlights(5, 20, { ...WINDY, windMps: 0, noiseMps: 0 }),
      HORIZON,
    );
    const exact = {
      ...KINEMATIC_DEFAULTS,
      horizontalRate: 1.5,
      verticalRate: 1.5,
      horizontalGain: 0.9,
      verticalGain: 0.9,
    };
    const rollouts = await rollOut(kinematicsModel(exact), still, HORIZON);
    expect(velocityRmsAt(rollouts, HORIZON)).toBeLessThan(1e-4);
    expect(positionRmsAt(rollouts, HORIZON)).toBeLessThan(1e-4);
    expect(Math.max(...rollouts.disagreement)).toBe(0);
  });
});

describe('training', { timeout: 60_000 }, () => {
  it('learns the wind from the history, and its calibrated intervals hold on other flights', async () => {
    const reports: TrainProgress[] = [];
    const result = await runTraining({ steps: 500, validateEvery: 250 }, (progress) =>
      reports.push(progress),
    );
    const model = latentModel({
      name: 'test',
      version: '1',
      normalisation,
      parameters: result.parameters,
    });
    const test = makeDataset(syntheticFlights(100, 12, WINDY, 4), HORIZON, 2);
    const learned = await rollOut(model, test, HORIZON);
    const fitted = fitBaseline(train, HORIZON);
    const kinematics = kinematicsModel({
      ...KINEMATIC_DEFAULTS,
      horizontalRate: fitted.horizontal.ratePerS,
      horizontalGain: fitted.horizontal.gain,
      verticalRate: fitted.vertical.ratePerS,
      verticalGain: fitted.vertical.gain,
    });
    const baseline = await rollOut(kinematics, test, HORIZON);
    expect(velocityRmsAt(learned, HORIZON)).toBeLessThan(0.6 * velocityRmsAt(baseline, HORIZON));
    expect(result.heldOutMps).toBeLessThan(0.6 * velocityRmsAt(baseline, HORIZON));

    const others = makeDataset(syntheticFlights(100, 12, WINDY, 3), HORIZON);
    const calibration = calibrate(await rollOut(model, others, HORIZON), defaultCalibrateOptions);
    const coverage = coverageAt(learned, calibration, HORIZON);
    for (const share of [...coverage.velocity, ...coverage.position]) {
      expect(share).toBeGreaterThan(0.84);
      expect(share).toBeLessThan(0.96);
    }

    expect(reports.at(-1)).toMatchObject({
      step: 500,
      steps: 500,
      leftS: 0,
      heldOutMps: result.heldOutMps,
    });
    expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss);
    expect(reports[0]!.leftS).toBeGreaterThan(0);
  });

  it('gives the same bits for the same seed, on one thread or two', async () => {
    const options = { steps: 40, validateEvery: 40 };
    const [once, again, wide] = [
      await runTraining(options),
      await runTraining(options),
      await runTraining({ ...options, threads: 2 }),
    ];
    expect(again.parameters).toEqual(once.parameters);
    expect(wide.parameters).toEqual(once.parameters);
  });

  it('stops when the held-out flights stop improving', async () => {
    const result = await runTraining({
      steps: 400,
      peakRate: 1e-12,
      validateEvery: 20,
      patience: 2,
    });
    expect(result.steps).toBeLessThan(400);
    expect(result.bestStep).toBeLessThan(result.steps);
  });
});
