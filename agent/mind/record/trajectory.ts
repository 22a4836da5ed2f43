import type { ByteReader } from '#protocols/byte-reader.ts';
import type { ByteWriter } from '#protocols/byte-writer.ts';
import { PLAN_SOURCES, type Trajectory } from '#protocols/trajectory.ts';

/** Bit for bit, and whatever its lengths: also one that nobody may fly is on record as it came. */
export const writeTrajectory = (writer: ByteWriter, trajectory: Trajectory): void => {
  writer.f64(trajectory.planId);
  writer.u8(PLAN_SOURCES.indexOf(trajectory.source));
  writer.f64(trajectory.startMs);
  writer.f64(trajectory.stepMs);
  writer.f64(trajectory.steps);
  writer.f64(trajectory.tailSteps);
  writer.floats(trajectory.velocityNedMps);
  writer.floats(trajectory.yawRad);
  writer.floats(trajectory.positionNedM);
  writer.floats(trajectory.sigmaM);
};

/** Throws Fault 'bytes-malformed'. */
export const readTrajectory = (reader: ByteReader): Trajectory => {
  const planId = reader.f64();
  const source = PLAN_SOURCES[reader.u8()];
  if (source === undefined) throw reader.malformed('a source');
  return {
    planId,
    source,
    startMs: reader.f64(),
    stepMs: reader.f64(),
    steps: reader.f64(),
    tailSteps: reader.f64(),
    velocityNedMps: reader.floats(),
    yawRad: reader.floats(),
    positionNedM: reader.floats(),
    sigmaM: reader.floats(),
  };
};
