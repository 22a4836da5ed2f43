import type { Trajectory } from '#protocols/trajectory.ts';

import type { PlanAnswer, PlanRequest, SafePlanner } from '../plan-port.ts';

/** Shortest time between two requests: the mind's 10 Hz. */
const ASK_MS = 80;
/** A request without an answer for so long is given up. */
const LOST_MS = 1000;
/** Without a usable plan for so long the safe planner flies. */
const LATE_MS = 350;
/** How often the safe planner plans while the other is late. */
const SAFE_MS = 90;

/** Who flies and what is being asked. */
export interface Steering {
  nextRequestId: number;
  /** Grows with every trajectory handed to the pilot, whoever planned it. */
  nextPlanId: number;
  outstanding: PlanRequest | null;
  askedMs: number;
  /** The trajectory handed to the pilot last; null while not steering. */
  current: Trajectory | null;
  /** When steering began, the planner last answered in time, or the safe planner last stepped in. */
  plannedMs: number;
  /** True from a missed answer until the next one in time. */
  late: boolean;
  model: string;
}

export const newSteering = (): Steering => ({
  nextRequestId: 1,
  nextPlanId: 1,
  outstanding: null,
  askedMs: -Infinity,
  current: null,
  plannedMs: Number.NaN,
  late: false,
  model: '',
});

/** Not steering: what was planned no longer holds. */
export const letGo = (steering: Steering): void => {
  steering.outstanding = null;
  steering.current = null;
  steering.plannedMs = Number.NaN;
  steering.late = false;
};

export const shouldAsk = (steering: Steering, nowMs: number): boolean => {
  const waiting = steering.outstanding !== null && nowMs - steering.askedMs < LOST_MS;
  return !waiting && nowMs - steering.askedMs >= ASK_MS;
};

export const noteAsked = (steering: Steering, request: PlanRequest): void => {
  steering.outstanding = request;
  steering.askedMs = request.nowMs;
  steering.nextRequestId = request.requestId + 1;
};

/** Why the safe planner flies: worth a flag in the log and data for the next training. */
export type SteeringFlag = '' | 'tripped' | 'late' | 'unusable';

export interface Choice {
  trajectory: Trajectory | null;
  flag: SteeringFlag;
}

const allFinite = (numbers: Float32Array, length: number): boolean =>
  numbers.length === length && numbers.every((number) => Number.isFinite(number));

/** What the pilot could not fly must not reach it, whoever planned it. */
const isUsable = (trajectory: Trajectory, request: PlanRequest): boolean =>
  trajectory.planId === request.requestId &&
  trajectory.startMs === request.startMs &&
  trajectory.tailSteps <= trajectory.steps &&
  allFinite(trajectory.velocityNedMps, 3 * trajectory.steps) &&
  allFinite(trajectory.yawRad, trajectory.steps) &&
  allFinite(trajectory.positionNedM, 3 * (trajectory.steps + 1)) &&
  allFinite(trajectory.sigmaM, trajectory.steps + 1);

/** Takes an answer in; the trajectory to fly from it, or why not. */
const judge = (steering: Steering, answer: PlanAnswer, nowMs: number): Choice | undefined => {
  const request = steering.outstanding;
  if (request === null || answer.requestId !== request.requestId) return undefined;
  steering.outstanding = null;
  steering.model = answer.model;
  // Planned for a moment long gone: the safe planner stepped in meanwhile.
  if (nowMs - request.nowMs > LATE_MS) return undefined;
  if (answer.tripped) return { trajectory: null, flag: 'tripped' };
  if (!isUsable(answer.trajectory, request)) return { trajectory: null, flag: 'unusable' };
  return { trajectory: answer.trajectory, flag: '' };
};

/**
 * Decides what flies now. `makeRequest` gives a request for this very moment, for the safe planner. A null trajectory leaves the pilot with the one it has.
 */
export const choose = (
  steering: Steering,
  answer: PlanAnswer | null,
  nowMs: number,
  makeRequest: () => PlanRequest | undefined,
  safePlan: SafePlanner,
): Choice => {
  if (Number.isNaN(steering.plannedMs)) steering.plannedMs = nowMs;
  let choice = answer === null ? undefined : judge(steering, answer, nowMs);
  const patienceMs = steering.late ? SAFE_MS : LATE_MS;
  if (choice === undefined && nowMs - steering.plannedMs > patienceMs) {
    choice = { trajectory: null, flag: 'late' };
  }
  if (choice === undefined) return { trajectory: null, flag: '' };
  steering.plannedMs = nowMs;
  steering.late = choice.flag === 'late';
  if (choice.trajectory === null) {
    const request = makeRequest();
    if (request === undefined) return { trajectory: null, flag: choice.flag };
    choice = { trajectory: safePlan(request), flag: choice.flag };
  }
  steering.current = { ...choice.trajectory!, planId: steering.nextPlanId };
  steering.nextPlanId += 1;
  return { trajectory: steering.current, flag: choice.flag };
};
