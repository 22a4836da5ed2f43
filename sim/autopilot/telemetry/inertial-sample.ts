import { vector3, type Vector3 } from '#protocols/vector.ts';
import { bodyFromNed } from '../../rotation.ts';
import type { Instruments } from './instruments.ts';

const GRAVITY_MPS2 = 9.806_65;
/** The earth's field as PX4's SIH shows it at its home, gauss. */
const EARTH_FIELD_NED = vector3(0.21, 0, 0.45);

/** What the strapped-down sensors show, in FRD. */
export interface InertialSample {
  /** Specific force, m/s². */
  readonly force: Readonly<Vector3>;
  /** Rates, rad/s. */
  readonly rates: Readonly<Vector3>;
  /** Magnetic field, gauss. */
  readonly field: Readonly<Vector3>;
}

/** Samples anew at each call; specific force from the change of the estimated velocity since the last. */
export const inertialSampler = (instruments: Instruments): (() => InertialSample) => {
  const { motion } = instruments.autopilot.situation;
  const forceNed = vector3(0, 0, 0);
  const sample = { force: vector3(0, 0, 0), rates: motion.ratesFrd, field: vector3(0, 0, 0) };
  const last = { ms: 0, x: 0, y: 0, z: 0 };
  return () => {
    const nowMs = instruments.bootMs();
    const { x, y, z } = motion.velocityNed;
    const dtS = Math.max(0.004, (nowMs - last.ms) / 1000);
    forceNed.x = (x - last.x) / dtS;
    forceNed.y = (y - last.y) / dtS;
    forceNed.z = (z - last.z) / dtS - GRAVITY_MPS2;
    Object.assign(last, { ms: nowMs, x, y, z });
    bodyFromNed(motion.attitude, forceNed, sample.force);
    bodyFromNed(motion.attitude, EARTH_FIELD_NED, sample.field);
    return sample;
  };
};
