import { add, horizontalDistance, scale, vector3, type Vector3 } from '#protocols/vector.ts';

import { neighbourTubes } from './flight/neighbour-tubes.ts';
import { layerLiftM } from './flight/own-layer.ts';
import { obstaclesAround } from './flight/obstacles.ts';
import { choose, noteAsked, shouldAsk, type Choice } from './flight/steering.ts';
import { historyOf, sampleOf } from './flight/vehicle.ts';
import { beginTask } from './mission/execution.ts';
import type { ActiveGoal } from './mission/active-goal.ts';
import { ACCEPT_M, advance, newRoute, type Route } from './mission/route-progress.ts';
import { clearOfObstacles, gotoRoute, waypointsAt } from './mission/routes.ts';
import { MAX_PLAN_WAYPOINTS, type PlanAnswer, type PlanRequest } from './plan-port.ts';
import type { Mind } from './state.ts';
import { homeOf } from './story.ts';
import type { WorkView } from './work.ts';

/** A climb to the own return height begins this far towards home, m. */
const CLIMB_AHEAD_M = 20;
/** Nearer to home than this the climb is straight up. */
const NEAR_HOME_M = 12;
/** A descent aims below the height at which PX4 takes over, so that it does not slow down before. */
const DESCENT_AIM_M = 1.5;
/** A fully flown goto route ends within this, m. */
const ARRIVE_M = 1.5;
/** A goal of its own is reached within this, m, by the drone's own estimate. */
const GOAL_M = 0.7;
/** From a status older than this nobody knows where the drone is now. */
const STALE_MS = 500;
/** After so long without work a drone waits above its home instead of where it is. */
const IDLE_MS = 3000;
const IDLE_MPS = 3;
/** This near to its layer's height a drone flies on, m. */
const IN_LAYER_M = 1;
/** A drone that is to wait stops about one second ahead. */
const COAST_S = 1;

export interface Steered extends Choice {
  request: PlanRequest | null;
}

/** Chooses what flies now and what to ask the planner next. `fresh`: a status came with this tick. */
export const steer = (
  mind: Mind,
  goal: ActiveGoal,
  work: WorkView | undefined,
  answer: PlanAnswer | null,
  fresh: boolean,
  nowMs: number,
): Steered => {
  const { steering } = mind;
  let made: PlanRequest | undefined;
  const make = (): PlanRequest | undefined => (made ??= requestNow(mind, goal, work, nowMs));
  const choice = choose(steering, answer, nowMs, make, mind.safePlan);
  if (!fresh || !shouldAsk(steering, nowMs)) return { ...choice, request: null };
  const request = make();
  if (request === undefined) return { ...choice, request: null };
  const asked = { ...request, current: steering.current };
  noteAsked(steering, asked);
  return { ...choice, request: asked };
};

interface Way {
  waypoints: Vector3[];
  speedMps: number;
  holdAtEnd: boolean;
}

const requestNow = (
  mind: Mind,
  goal: ActiveGoal,
  work: WorkView | undefined,
  nowMs: number,
): PlanRequest | undefined => {
  const { vehicle, steering, options } = mind;
  const sample = sampleOf(vehicle.status);
  if (sample === undefined || vehicle.status === null) return undefined;
  if (nowMs - vehicle.status.values.nowMs > STALE_MS) return undefined;
  const { mission, terrain } = goal;
  const position = sample.positionNed;
  const way = wayNow(mind, goal, work, position, sample.velocityNed, nowMs);
  const { maxSpeedMps } = mission.limits;
  const tubes = neighbourTubes(mind.members, mission.origin, position, maxSpeedMps, nowMs);
  const requestId = steering.nextRequestId;
  return {
    requestId,
    member: options.sysid,
    nowMs,
    startMs: vehicle.status.values.nowMs,
    vehicle: sample,
    previousAction: vehicle.previousAction,
    batteryRemaining: finiteOr(vehicle.status.values.batteryRemaining, 1),
    history: historyOf(vehicle),
    waypoints: way.waypoints.slice(0, MAX_PLAN_WAYPOINTS),
    cruiseSpeedMps: way.speedMps,
    acceptM: ACCEPT_M,
    holdAtEnd: way.holdAtEnd && way.waypoints.length <= MAX_PLAN_WAYPOINTS,
    yaw: way.waypoints.length > 1 || way.speedMps > 3 ? 'course' : 'keep',
    current: steering.current,
    neighbours: tubes,
    obstacles: obstaclesAround(terrain.obstacles, mind.ring, position, tubes, nowMs),
    fence: terrain.fence,
    minHeightM: mission.fence.minHeightM,
    maxHeightM: mission.fence.maxHeightM,
    limits: mission.limits,
    minSeparationM: mission.minSeparationM,
    seed: (Math.imul(options.seed | 0, 0x9e3779b1) ^ requestId) >>> 0,
  };
};

const finiteOr = (value: number, otherwise: number): number =>
  Number.isFinite(value) ? value : otherwise;

const lifted = ({ x, y, z }: Vector3, byM: number): Vector3 => vector3(x, y, z - byM);

const wayNow = (
  mind: Mind,
  goal: ActiveGoal,
  work: WorkView | undefined,
  position: Vector3,
  velocity: Vector3,
  nowMs: number,
): Way => {
  const { mission } = goal;
  const cruise = mission.cruiseSpeedMps;
  if (mind.phase !== 'work') {
    const route = (mind.route ??= routeHome(mind, goal, position));
    advance(route, position, ACCEPT_M);
    const left = route.waypoints.slice(Math.min(route.next, route.waypoints.length - 1));
    const speedMps =
      mind.phase === 'descend' ? Math.min(cruise, mission.limits.maxDescentMps) : cruise;
    return { waypoints: left, speedMps, holdAtEnd: true };
  }
  const liftM = layerLiftM(mind, goal, nowMs);
  const level = lifted(position, -liftM);
  const ahead = work === undefined ? wayOfGoto(mind, goal, level) : wayOfTasks(mind, work, level);
  const layerZ = -goal.terrain.heightM - liftM;
  if (ahead.length > 0 && liftM !== 0 && Math.abs(layerZ - position.z) > IN_LAYER_M) {
    return changeLayer(mind, goal, position, velocity, layerZ, nowMs);
  }
  if (ahead.length > 0) {
    mind.holdAt = null;
    const waypoints = ahead.map((waypoint) => lifted(waypoint, liftM));
    return { waypoints, speedMps: cruise, holdAtEnd: true };
  }
  return waitForWork(mind, goal, position, velocity, liftM, nowMs);
};

/** Straight up or down before it goes on: on a slant it would cross the others' layers at full speed. */
const changeLayer = (
  mind: Mind,
  goal: ActiveGoal,
  position: Vector3,
  velocity: Vector3,
  layerZ: number,
  nowMs: number,
): Way => {
  mind.holdAt ??= {
    place: waitingPlace(goal, add(position, scale(velocity, COAST_S))),
    sinceMs: nowMs,
  };
  const { x, y } = mind.holdAt.place;
  const speedMps = Math.min(goal.mission.cruiseSpeedMps, IDLE_MPS);
  return { waypoints: [vector3(x, y, layerZ)], speedMps, holdAtEnd: true };
};

/**
 * Nothing to do for now: stops, and when that lasts waits above its own home, in its own layer, out of
 * the others' way and ready to land. A task that opens meanwhile is still taken.
 */
const waitForWork = (
  mind: Mind,
  goal: ActiveGoal,
  position: Vector3,
  velocity: Vector3,
  liftM: number,
  nowMs: number,
): Way => {
  mind.holdAt ??= {
    place: waitingPlace(goal, add(position, scale(velocity, COAST_S))),
    sinceMs: nowMs,
  };
  const { place, sinceMs } = mind.holdAt;
  const cruise = goal.mission.cruiseSpeedMps;
  if (goal.mission.kind !== 'search' || nowMs - sinceMs < IDLE_MS) {
    return {
      waypoints: [lifted(place, liftM)],
      speedMps: Math.min(cruise, IDLE_MPS),
      holdAtEnd: true,
    };
  }
  const home = homeOf(mind) ?? position;
  const above = vector3(home.x, home.y, home.z - goal.returnHeightM);
  return { waypoints: [above], speedMps: cruise, holdAtEnd: true };
};

/** At the mission's height, clear of what stands there. */
const waitingPlace = (goal: ActiveGoal, place: Vector3): Vector3 => {
  const clear = clearOfObstacles(goal.terrain, { northM: place.x, eastM: place.y });
  return vector3(clear.northM, clear.eastM, -goal.terrain.heightM);
};

/** The present task's way, then that of the next ones, so that a drone flies on without a stop. */
const wayOfTasks = (mind: Mind, work: WorkView, position: Vector3): Vector3[] => {
  const { execution, auction } = mind;
  const ahead = execution === null ? [] : execution.route.waypoints.slice(execution.route.next);
  let place = ahead.at(-1) ?? execution?.route.waypoints.at(-1) ?? position;
  for (const id of auction.path) {
    if (ahead.length >= MAX_PLAN_WAYPOINTS) break;
    const task = work.tasks.get(id);
    if (task === undefined) continue;
    const from = { northM: place.x, eastM: place.y };
    const next = beginTask(work.picture, task, 0, from).route.waypoints;
    ahead.push(...next);
    place = next.at(-1) ?? place;
  }
  // Waiting for the camera's last word with nothing to follow: stay at the end of the task.
  const last = execution?.route.waypoints.at(-1);
  return ahead.length === 0 && last !== undefined ? [last] : ahead;
};

const wayOfGoto = (mind: Mind, goal: ActiveGoal, position: Vector3): Vector3[] => {
  const { mission, index, fleet, terrain } = goal;
  mind.route ??= newRoute(waypointsAt(terrain, gotoRoute(mission, index, fleet)));
  const { route } = mind;
  const isLast = route.next >= route.waypoints.length - 1;
  const arriveM = mission.goals === undefined ? ARRIVE_M : GOAL_M;
  advance(route, position, isLast ? arriveM : ACCEPT_M);
  return route.waypoints.slice(route.next);
};

/** Up to the own layer on the way, over home, and in 'descend' down to where PX4 takes over. */
const routeHome = (mind: Mind, goal: ActiveGoal, position: Vector3): Route => {
  const home = homeOf(mind) ?? position;
  if (mind.phase === 'descend') return newRoute([vector3(home.x, home.y, home.z - DESCENT_AIM_M)]);
  const z = home.z - goal.returnHeightM;
  const over = vector3(home.x, home.y, z);
  const distanceM = horizontalDistance(home, position);
  if (distanceM < NEAR_HOME_M) return newRoute([over]);
  const share = Math.min(CLIMB_AHEAD_M / distanceM, 0.5);
  const climb = clearOfObstacles(goal.terrain, {
    northM: position.x + share * (home.x - position.x),
    eastM: position.y + share * (home.y - position.y),
  });
  return newRoute([vector3(climb.northM, climb.eastM, z), over]);
};
