import { kinematicsModel } from '../kinematics.ts';
import type { KinematicParameters } from '../kinematics.ts';
import type { DynamicsModel } from '../model.ts';
import { kinematicsOf } from '../release/baseline.ts';
import type { Baseline, Metrics } from '../release/manifest.ts';
import type { Calibration } from '../uncertainty.ts';
import { makeDataset } from './dataset.ts';
import {
  auroc,
  coverageAt,
  innovationTripsPerHour,
  positionRmsAt,
  velocityRmsAt,
} from './evaluate.ts';
import type { Flight } from './flight.ts';
import { rollOut } from './rollouts.ts';

/** Nominal flights, and flights far outside on which only disagreement is measured. */
export interface FlightGroups {
  readonly nominal: readonly Flight[];
  readonly excited2x: readonly Flight[];
  readonly excited3x: readonly Flight[];
}

interface MeasuredModel {
  readonly model: DynamicsModel;
  readonly baseline: Baseline;
  readonly calibration: Calibration;
}

/** Steps that plans look ahead and intervals are calibrated for. */
export const HORIZON_STEPS = 20;

/** One second ahead: where models are compared. */
export const COMPARE_STEPS = 10;

/** Every so-manieth window where a figure needs no time series: neighbours tell nearly the same. */
export const STRIDE = 3;

/** Nothing ever changes its velocity: the second yardstick. */
const CONSTANT_VELOCITY: KinematicParameters = {
  horizontalRate: 0,
  verticalRate: 0,
  horizontalGain: 0,
  verticalGain: 0,
  horizontalVariance: 1,
  verticalVariance: 1,
};

/**
 * A model's figures one second ahead, on flights that nothing was fitted to.
 * `flights.nominal` are of the kind that it was trained on, the others far outside.
 */
export const measureModel = async (
  measured: MeasuredModel,
  flights: FlightGroups,
): Promise<Metrics> => {
  const { model, baseline, calibration } = measured;
  const every = await rollOut(model, makeDataset(flights.nominal, HORIZON_STEPS), HORIZON_STEPS);
  const sparse = makeDataset(flights.nominal, HORIZON_STEPS, STRIDE);
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
