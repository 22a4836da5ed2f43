import type { Vector3 } from '#protocols/vector.ts';

import {
  abandon,
  begin,
  build,
  dropWinners,
  entryOf,
  giveBack,
  quote,
  settle,
  type AuctionRules,
} from './allocate/auction.ts';
import { NOBODY } from './allocate/conflict.ts';
import { isDone, liveOwner, nextClaimEpoch, noteReport } from './allocate/ownership.ts';
import { worthWaiting, type AuctionTask, type PathStart } from './allocate/path-score.ts';
import type { SearchTerms } from './belief/posterior.ts';
import { layerLiftM } from './flight/own-layer.ts';
import { isAirborneNow } from './flight/vehicle.ts';
import type { ActiveGoal } from './mission/active-goal.ts';
import {
  beginTask,
  continueTask,
  evidenceOf,
  isSatisfied,
  type SearchPicture,
} from './mission/execution.ts';
import { cellKey } from './mission/grid.ts';
import { searchProgress, type SearchProgress } from './mission/progress.ts';
import { remainingM } from './mission/route-progress.ts';
import { confirmTasks, type SearchTask } from './mission/tasks.ts';
import type { Mind } from './state.ts';
import { judgeReports } from './swarm/quarantine.ts';
import { isHeld, isSelfWorking, mayWin } from './swarm/standing.ts';

export const AUCTION_RULES: AuctionRules = { bundleSize: 4, stealShare: 0.1 };
/** How often a drone bids, and how often it prices its bundle anew. */
const AUCTION_MS = 200;
const QUOTE_MS = 1000;
/** A task is begun once its win stood so long: the others' objections have had time to arrive. */
const STAND_MS = 500;
/** Worth of a cell not looked at, and of a suspicion: settling one is worth two lanes. */
const CELL_REWARD = 20_000;
/** The own strip is worth waiting for this share of the time that the whole area takes: near its end a neighbour helps. */
const STRIP_SHARE = 0.3;
const CONFIRM_REWARD = 200_000;
/** Seconds until a drone on the ground can begin a task, at the least. */
const GROUND_DELAY_S = 10;
/** Share of the cruise speed that turns and winds leave. */
const SPEED_SHARE = 0.85;

/** What is to be done, as this drone sees it now. */
export interface WorkView {
  picture: SearchPicture;
  progress: SearchProgress;
  /** Everything not done, by id. */
  tasks: ReadonlyMap<string, SearchTask>;
  /** The mission's share of cells has been looked at: no lane is begun any more. */
  enough: boolean;
  /** True when nothing is left for anyone. */
  complete: boolean;
}

export const viewWork = (
  mind: Mind,
  goal: ActiveGoal,
  search: SearchTerms,
  nowMs: number,
): WorkView => {
  const { grid, terrain, lanes } = goal;
  const picture = { search, grid, counts: mind.counts, terrain };
  const progress = searchProgress(search, grid, mind.counts);
  const confirms = confirmTasks(grid, progress.suspicious);
  const open = [
    ...lanes.filter(
      (task) =>
        (!isDone(mind.book, task.id) || mind.doubtedMs.has(task.id)) && !isSatisfied(picture, task),
    ),
    ...confirms.filter((task) => !isDone(mind.book, task.id)),
  ];
  const enough = progress.fraction >= search.searchedFraction;
  // A lane that somebody is on is flown to its end: its last cells cost seconds now and a new flight later.
  const left = open.filter(
    (task) => !enough || task.kind === 'confirm' || isBeingFlown(mind, task, nowMs),
  );
  const tasks = new Map(open.map((task) => [task.id, task]));
  return { picture, progress, tasks, enough, complete: left.length === 0 };
};

const isBeingFlown = (mind: Mind, task: SearchTask, nowMs: number): boolean => {
  const owner = liveOwner(mind.book, task.id);
  return owner !== undefined && mayWin(mind, owner, nowMs);
};

/** One step of the search: hold on to what is own, bid for what is open, begin what was won. */
export const doWork = (mind: Mind, goal: ActiveGoal, view: WorkView, nowMs: number): void => {
  judgeReports(mind, goal, nowMs);
  const position = placeOf(mind);
  if (position !== undefined) {
    // In a layer of its own it passes its waypoints at that height.
    const z = position.z + layerLiftM(mind, goal, nowMs);
    continueExecution(mind, goal, view, { ...position, z }, nowMs);
  }
  closeSatisfied(mind, goal, view, nowMs);
  if (!isSelfWorking(mind, nowMs)) {
    release(mind, goal);
    return;
  }
  if (position === undefined) return;
  if (nowMs - mind.auctionMs >= AUCTION_MS) bidFor(mind, goal, view, position, nowMs);
  const first = mind.auction.path[0] ?? null;
  if (first !== mind.firstTask) {
    mind.firstTask = first;
    mind.firstTaskSinceMs = nowMs;
  }
  const stood = nowMs - mind.firstTaskSinceMs >= STAND_MS;
  const free = mind.execution === null && mind.phase === 'work' && !isHeld(mind);
  if (free && first !== null && stood) start(mind, goal, view, first, position);
};

const placeOf = (mind: Mind): Vector3 | undefined => {
  const values = mind.vehicle.status?.values;
  if (values === undefined || !Number.isFinite(values.northM + values.eastM + values.downM)) {
    return undefined;
  }
  return { x: values.northM, y: values.eastM, z: values.downM };
};

/** Gives up everything: somebody else's turn. */
const release = (mind: Mind, goal: ActiveGoal): void => {
  if (mind.auction.bundle.length > 0) abandon(mind.auction);
  const { execution } = mind;
  if (execution === null) return;
  mind.execution = null;
  giveBack(mind.auction, execution.task.id);
  if (liveOwner(mind.book, execution.task.id) === mind.options.sysid) {
    report(mind, goal, execution.task.id, execution.claimEpoch, 'released', '');
  }
};

const report = (
  mind: Mind,
  goal: ActiveGoal,
  task: string,
  claimEpoch: number,
  state: 'executing' | 'done' | 'released',
  evidence: string,
): void => {
  const claim = { task, claimEpoch, owner: mind.options.sysid, state, evidence };
  if (noteReport(mind.book, claim)) {
    mind.publish.push({ topic: 'taskReport', payload: { goal: goal.id, ...claim } });
  }
};

const continueExecution = (
  mind: Mind,
  goal: ActiveGoal,
  view: WorkView,
  position: Vector3,
  nowMs: number,
): void => {
  const { execution } = mind;
  if (execution === null) return;
  const { task, claimEpoch } = execution;
  if (liveOwner(mind.book, task.id) !== mind.options.sysid) {
    // Done by somebody, or claimed with the better right.
    mind.execution = null;
    giveBack(mind.auction, task.id);
  } else if (continueTask(view.picture, execution, position, nowMs)) {
    mind.execution = null;
    report(mind, goal, task.id, claimEpoch, 'done', evidenceOf(view.picture, task));
  }
};

/**
 * Lanes that chance looks finished while nobody flew them must not stay open in the books: who holds one
 * in the auction says so, or else the smallest member of those who looked.
 */
const closeSatisfied = (mind: Mind, goal: ActiveGoal, view: WorkView, nowMs: number): void => {
  const self = mind.options.sysid;
  for (const lane of goal.lanes) {
    if (view.tasks.has(lane.id) || isDone(mind.book, lane.id)) continue;
    const owner = liveOwner(mind.book, lane.id);
    if (owner !== undefined && owner !== self && mayWin(mind, owner, nowMs)) continue;
    const { winner } = entryOf(mind.auction, lane.id);
    const speaker = winner === NOBODY ? firstAuthor(mind, lane) : winner;
    if (speaker !== self) continue;
    const evidence = evidenceOf(view.picture, lane);
    report(mind, goal, lane.id, nextClaimEpoch(mind.book, lane.id), 'done', evidence);
  }
};

const firstAuthor = (mind: Mind, lane: SearchTask): number => {
  const keys = lane.cells.map((cell) => cellKey(cell.row, cell.column));
  const authors = [...mind.counts.byAuthor]
    .filter(([, counts]) => keys.some((key) => (counts.get(key)?.looks ?? 0) > 0))
    .map(([author]) => author);
  return Math.min(...authors);
};

const start = (
  mind: Mind,
  goal: ActiveGoal,
  view: WorkView,
  id: string,
  position: Vector3,
): void => {
  const task = view.tasks.get(id);
  if (task === undefined || (view.enough && task.kind === 'lane')) return;
  const claimEpoch = nextClaimEpoch(mind.book, id);
  begin(mind.auction, id);
  report(mind, goal, id, claimEpoch, 'executing', '');
  const from = { northM: position.x, eastM: position.y };
  mind.execution = beginTask(view.picture, task, claimEpoch, from);
};

const auctionTask = (task: SearchTask, preference: number): AuctionTask => {
  const reward =
    task.kind === 'confirm' ? CONFIRM_REWARD : CELL_REWARD * task.cells.length * preference;
  return { id: task.id, ends: task.ends, lengthM: task.lengthM, reward: Math.min(1e6, reward) };
};

/** Seconds that the area takes when everybody works. */
const areaS = ({ grid, fleet, mission }: ActiveGoal): number =>
  (grid.cells.length * grid.cellM) / (fleet.length * SPEED_SHARE * mission.cruiseSpeedMps);

const bidFor = (
  mind: Mind,
  goal: ActiveGoal,
  view: WorkView,
  position: Vector3,
  nowMs: number,
): void => {
  mind.auctionMs = nowMs;
  const self = mind.options.sysid;
  const preference = worthWaiting(STRIP_SHARE * areaS(goal));
  const open = new Map<string, AuctionTask>();
  for (const task of view.tasks.values()) {
    // One that is said to be done is waited for until its reporter is believed no more.
    if ((view.enough && task.kind === 'lane') || isDone(mind.book, task.id)) continue;
    const isOwned = liveOwner(mind.book, task.id) !== self && isBeingFlown(mind, task, nowMs);
    if (!isOwned && task.id !== mind.execution?.task.id) {
      open.set(task.id, auctionTask(task, goal.strip.has(task.id) ? preference : 1));
    }
  }
  const { auction } = mind;
  dropWinners(auction, (member) => mayWin(mind, member, nowMs));
  settle(
    auction,
    (task) => open.has(task),
    (task) => isDone(mind.book, task) || (isOwnWork(mind, goal, task) && !view.tasks.has(task)),
  );
  if (isHeld(mind)) return;
  const from = startOf(mind, goal, position, nowMs);
  if (nowMs - mind.quoteMs >= QUOTE_MS) {
    mind.quoteMs = nowMs;
    quote(auction, from, open);
  }
  build(auction, from, open, AUCTION_RULES);
};

/** Tasks that this drone can tell to be over; confirmations that only others know of may be yet to come. */
const isOwnWork = (mind: Mind, goal: ActiveGoal, task: string): boolean =>
  mind.auction.bundle.includes(task) || goal.lanes.some((lane) => lane.id === task);

/** Where and when the drone is free for the first task of its path. */
const startOf = (mind: Mind, goal: ActiveGoal, position: Vector3, nowMs: number): PathStart => {
  const speedMps = SPEED_SHARE * goal.mission.cruiseSpeedMps;
  const { execution } = mind;
  if (execution !== null) {
    const last = execution.route.waypoints.at(-1) ?? position;
    const delayS = remainingM(execution.route, position) / speedMps;
    return { northM: last.x, eastM: last.y, delayS, speedMps };
  }
  // A drone that cannot get off the ground bids less and less, so that its tasks do not wait for it.
  const waitedS = (nowMs - goal.receivedMs) / 1000;
  const delayS = isAirborneNow(mind.vehicle) ? 0 : Math.max(GROUND_DELAY_S, waitedS);
  return { northM: position.x, eastM: position.y, delayS, speedMps };
};
