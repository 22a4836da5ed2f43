import { radiansFromDegrees } from '#protocols/units.ts';
import type { Parameters } from '../parameters.ts';

/** Gains and limits of the control cascade, SI; the PX4 parameter that sets each is beside it below. */
export interface ControlGains {
  positionP: number;
  altitudeP: number;
  velocityP: number;
  velocityI: number;
  velocityD: number;
  climbP: number;
  climbI: number;
  climbD: number;
  velocityDerivativeHz: number;
  horizontalSpeedMax: number;
  climbSpeedMax: number;
  descentSpeedMax: number;
  tiltMaxRad: number;
  thrustMin: number;
  thrustMax: number;
  rollP: number;
  pitchP: number;
  yawP: number;
  rollRateMaxRadps: number;
  yawRateMaxRadps: number;
  rollRateP: number;
  rollRateI: number;
  rollRateD: number;
  yawRateP: number;
  yawRateI: number;
  rateIntegralMax: number;
  /** Cut-offs of the gyro's filter, of its derivative's, and of the yaw torque's (0: none). */
  gyroCutoffHz: number;
  gyroDerivativeHz: number;
  yawTorqueCutoffHz: number;
  /** How much of a heading error is corrected with the tilt; the gain makes up for it. */
  yawWeight: number;
  /** Horizontal thrust that is kept when lift is short, share of full thrust. */
  horizontalThrustMargin: number;
  /** Smoothing of attitude setpoints, rad/s (0: none), and how much of its rate is fed forward. */
  referenceBandwidth: number;
  referenceFeedForward: number;
  referenceRateMaxRadps: number;
  /** Hover thrust estimator: process noise and first error (std), gate (σ), range about the first value. */
  hoverNoise: number;
  hoverErrorInitial: number;
  hoverGate: number;
  hoverRange: number;
  /** Speeds above which it believes what it measures less. */
  hoverHorizontalSpeed: number;
  hoverVerticalSpeed: number;
}

/** Reads the gains out of the parameter table. */
export const controlGains = (parameters: Parameters): ControlGains => ({
  positionP: parameters.get('MPC_XY_P'),
  altitudeP: parameters.get('MPC_Z_P'),
  velocityP: parameters.get('MPC_XY_VEL_P_ACC'),
  velocityI: parameters.get('MPC_XY_VEL_I_ACC'),
  velocityD: parameters.get('MPC_XY_VEL_D_ACC'),
  climbP: parameters.get('MPC_Z_VEL_P_ACC'),
  climbI: parameters.get('MPC_Z_VEL_I_ACC'),
  climbD: parameters.get('MPC_Z_VEL_D_ACC'),
  velocityDerivativeHz: parameters.get('MPC_VELD_LP'),
  horizontalSpeedMax: parameters.get('MPC_XY_VEL_MAX'),
  climbSpeedMax: parameters.get('MPC_Z_VEL_MAX_UP'),
  descentSpeedMax: parameters.get('MPC_Z_VEL_MAX_DN'),
  tiltMaxRad: radiansFromDegrees(parameters.get('MPC_TILTMAX_AIR')),
  thrustMin: parameters.get('MPC_THR_MIN'),
  thrustMax: parameters.get('MPC_THR_MAX'),
  rollP: parameters.get('MC_ROLL_P'),
  pitchP: parameters.get('MC_PITCH_P'),
  yawP: parameters.get('MC_YAW_P'),
  rollRateMaxRadps: radiansFromDegrees(parameters.get('MC_ROLLRATE_MAX')),
  yawRateMaxRadps: radiansFromDegrees(parameters.get('MC_YAWRATE_MAX')),
  rollRateP: parameters.get('MC_ROLLRATE_P'),
  rollRateI: parameters.get('MC_ROLLRATE_I'),
  rollRateD: parameters.get('MC_ROLLRATE_D'),
  yawRateP: parameters.get('MC_YAWRATE_P'),
  yawRateI: parameters.get('MC_YAWRATE_I'),
  rateIntegralMax: parameters.get('MC_RR_INT_LIM'),
  gyroCutoffHz: parameters.get('IMU_GYRO_CUTOFF'),
  gyroDerivativeHz: parameters.get('IMU_DGYRO_CUTOFF'),
  yawTorqueCutoffHz: parameters.find('MC_YAW_TQ_CUTOFF') ?? 0,
  yawWeight: parameters.get('MC_YAW_WEIGHT'),
  horizontalThrustMargin: parameters.get('MPC_THR_XY_MARG'),
  referenceBandwidth: parameters.find('MC_REF_W_N') ?? 0,
  referenceFeedForward: parameters.find('MC_REF_FF') ?? 0,
  referenceRateMaxRadps: radiansFromDegrees(parameters.find('MC_REF_FF_MAX') ?? 0),
  hoverNoise: parameters.get('HTE_HT_NOISE'),
  hoverErrorInitial: parameters.get('HTE_HT_ERR_INIT'),
  hoverGate: parameters.get('HTE_ACC_GATE'),
  hoverRange: parameters.get('HTE_THR_RANGE'),
  hoverHorizontalSpeed: parameters.get('HTE_VXY_THR'),
  hoverVerticalSpeed: parameters.get('HTE_VZ_THR'),
});
