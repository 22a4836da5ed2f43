import type { KinematicParameters } from '../kinematics.ts';
import type { Baseline } from './manifest.ts';

/** The analytic model of the vehicle that a release was trained for. */
export const kinematicsOf = (baseline: Baseline): KinematicParameters => ({
  horizontalRate: baseline.horizontal.ratePerS,
  horizontalGain: baseline.horizontal.gain,
  verticalRate: baseline.vertical.ratePerS,
  verticalGain: baseline.vertical.gain,
  horizontalVariance: baseline.horizontalVariance,
  verticalVariance: baseline.verticalVariance,
});
