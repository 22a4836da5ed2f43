import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { encodeKnots, type Intent } from '#protocols/gossip/intent.ts';
import { MAX_INTENT_KNOTS, type TubeKnot } from '#protocols/gossip/tube.ts';
import { positionAt, trajectoryEndMs, type Trajectory } from '#protocols/trajectory.ts';
import type { Vector3 } from '#protocols/vector.ts';

/** Allowance for the vehicle's size and its tracking of a setpoint. */
const BODY_M = 0.7;
/** A promise holds in about 95 of 100 cases: two standard deviations. */
const SIGMAS = 2;
const MIN_KNOT_MS = 200;

const sigmaAt = (trajectory: Trajectory, atMs: number): number => {
  const step = Math.ceil((atMs - trajectory.startMs) / trajectory.stepMs);
  return trajectory.sigmaM[Math.min(Math.max(step, 0), trajectory.steps)]!;
};

/** The tube around a trajectory: what the others may rely on. `positionStdM` is the own estimate's. */
export const promiseOf = (
  goal: GoalId,
  trajectory: Trajectory,
  positionStdM: number,
  considered: Uint8Array,
): Intent => {
  // From the first whole ms on, which takes the air a third of what a fraction would.
  const startMs = Math.ceil(trajectory.startMs);
  const spanMs = Math.max(0, trajectoryEndMs(trajectory) - startMs);
  const knotMs = Math.max(MIN_KNOT_MS, Math.ceil(spanMs / (MAX_INTENT_KNOTS - 1)));
  const count = Math.min(MAX_INTENT_KNOTS, Math.ceil(spanMs / knotMs) + 1);
  const knots: TubeKnot[] = Array.from({ length: count }, (_, index) => {
    const atMs = startMs + index * knotMs;
    const radiusM = BODY_M + SIGMAS * (sigmaAt(trajectory, atMs) + positionStdM);
    return { ...positionAt(trajectory, atMs), radiusM };
  });
  return { goal, planId: trajectory.planId, startMs, knotMs, ...encodeKnots(knots), considered };
};

/** While the autopilot itself climbs or lands: the column between here and a height, for some seconds. */
export const columnPromise = (
  goal: GoalId,
  from: Vector3,
  toZ: number,
  startMs: number,
  positionStdM: number,
): Intent => {
  const knots: TubeKnot[] = Array.from({ length: 5 }, (_, index) => ({
    x: from.x,
    y: from.y,
    z: from.z + ((toZ - from.z) * index) / 4,
    radiusM: 2 * BODY_M + SIGMAS * positionStdM,
  }));
  return {
    goal,
    planId: 0,
    startMs: Math.floor(startMs),
    knotMs: 1000,
    ...encodeKnots(knots),
    considered: new Uint8Array(8),
  };
};
