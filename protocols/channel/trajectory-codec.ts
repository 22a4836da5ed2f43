import { MAX_TRAJECTORY_STEPS, PLAN_SOURCES, type Trajectory } from '../trajectory.ts';

const HEADER_BYTES = 32;
const FLOATS_PER_STEP = 8;

const bytesFor = (steps: number): number => HEADER_BYTES + 4 * (FLOATS_PER_STEP * steps + 4);

/** Fixed layout: header, then velocity [3n], yaw [n], position [3(n+1)], sigma [n+1] as float32 little-endian. */
export const encodeTrajectory = (trajectory: Trajectory): Uint8Array => {
  const bytes = new Uint8Array(bytesFor(trajectory.steps));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, trajectory.planId, true);
  view.setUint8(4, PLAN_SOURCES.indexOf(trajectory.source));
  view.setUint8(5, trajectory.steps);
  view.setUint8(6, trajectory.tailSteps);
  view.setFloat64(8, trajectory.startMs, true);
  view.setFloat64(16, trajectory.stepMs, true);
  let offset = HEADER_BYTES;
  for (const part of arraysOf(trajectory)) {
    for (let index = 0; index < part.length; index += 1) {
      view.setFloat32(offset, part[index]!, true);
      offset += 4;
    }
  }
  return bytes;
};

const arraysOf = (trajectory: Trajectory): Float32Array[] => [
  trajectory.velocityNedMps,
  trajectory.yawRad,
  trajectory.positionNedM,
  trajectory.sigmaM,
];

/** Undefined for anything malformed: lengths, source, steps, tail or a number that is not finite. */
export const decodeTrajectory = (bytes: Uint8Array): Trajectory | undefined => {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const steps = view.getUint8(5);
  const tailSteps = view.getUint8(6);
  const source = PLAN_SOURCES[view.getUint8(4)];
  if (source === undefined || steps < 1 || steps > MAX_TRAJECTORY_STEPS || tailSteps > steps) {
    return undefined;
  }
  if (bytes.length !== bytesFor(steps)) return undefined;
  const trajectory: Trajectory = {
    planId: view.getUint32(0, true),
    source,
    startMs: view.getFloat64(8, true),
    stepMs: view.getFloat64(16, true),
    steps,
    tailSteps,
    velocityNedMps: new Float32Array(3 * steps),
    yawRad: new Float32Array(steps),
    positionNedM: new Float32Array(3 * (steps + 1)),
    sigmaM: new Float32Array(steps + 1),
  };
  let offset = HEADER_BYTES;
  let finite = Number.isFinite(trajectory.startMs) && trajectory.stepMs >= 10;
  for (const part of arraysOf(trajectory)) {
    for (let index = 0; index < part.length; index += 1) {
      const value = view.getFloat32(offset, true);
      finite &&= Number.isFinite(value);
      part[index] = value;
      offset += 4;
    }
  }
  return finite ? trajectory : undefined;
};
