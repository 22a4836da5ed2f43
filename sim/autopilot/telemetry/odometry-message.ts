import { MavEstimatorType, MavFrame, Odometry } from 'mavlink-mappings/dist/lib/common.js';
import { usec, type Instruments } from './instruments.ts';

/** Places of the diagonal in the upper triangle of a 6 × 6 matrix, row by row. */
const DIAGONAL = [0, 6, 11, 15, 18, 20] as const;
/** Variances of an aligned estimate (m², rad²; m²/s²) and of one that still looks for itself. */
const POSE_VARIANCE = [0.04, 0.04, 0.07, 2e-5, 2e-5, 2e-4] as const;
const POSE_VARIANCE_ALIGNING = [100, 100, 100, 0.01, 0.01, 0.005] as const;
const VELOCITY_VARIANCE = [0.01, 0.01, 0.005] as const;
const VELOCITY_VARIANCE_ALIGNING = [25, 25, 10] as const;

/** Jumps that every start of the estimator makes, as recorded. */
const RESETS_ALIGNING = 2;
const RESETS_ALIGNED = 7;

/** v1.15 leaves what it does not know NaN, v1.18 zero. */
const triangle = (diagonal: readonly number[], unknown: number): number[] => {
  const filled = Array.from({ length: 21 }, () => unknown);
  for (const [row, value] of diagonal.entries()) filled[DIAGONAL[row]!] = value;
  return filled;
};

/** Position and velocity in local NED (PX4 says frame 1 for both), attitude, covariances. */
export const odometryMessage = (instruments: Instruments): (() => Odometry) => {
  const message = new Odometry();
  const { situation } = instruments.autopilot;
  const { motion, profile } = situation;
  const unknown = profile === '1.15' ? Number.NaN : 0;
  const aligned = {
    pose: triangle(POSE_VARIANCE, unknown),
    velocity: triangle(VELOCITY_VARIANCE, unknown),
  };
  const aligning = {
    pose: triangle(POSE_VARIANCE_ALIGNING, unknown),
    velocity: triangle(VELOCITY_VARIANCE_ALIGNING, unknown),
  };
  const q = [1, 0, 0, 0];
  message.frameId = MavFrame.LOCAL_NED;
  message.childFrameId = MavFrame.LOCAL_NED;
  message.estimatorType = MavEstimatorType.AUTOPILOT;
  message.quality = 0;
  return () => {
    const covariance = situation.aligned ? aligned : aligning;
    q[0] = motion.attitude.w;
    q[1] = motion.attitude.x;
    q[2] = motion.attitude.y;
    q[3] = motion.attitude.z;
    message.timeUsec = usec(instruments.bootMs());
    message.x = motion.positionNed.x;
    message.y = motion.positionNed.y;
    message.z = motion.positionNed.z;
    message.q = q;
    message.vx = motion.velocityNed.x;
    message.vy = motion.velocityNed.y;
    message.vz = motion.velocityNed.z;
    message.rollspeed = motion.ratesFrd.x;
    message.pitchspeed = motion.ratesFrd.y;
    message.yawspeed = motion.ratesFrd.z;
    message.poseCovariance = covariance.pose;
    message.velocityCovariance = covariance.velocity;
    const resets = situation.aligned ? RESETS_ALIGNED : RESETS_ALIGNING;
    message.resetCounter = (resets + instruments.estimateResets()) & 0xff;
    return message;
  };
};
