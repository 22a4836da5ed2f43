import { nedFromGeodetic } from '#protocols/frames.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';

import type { ActiveGoal } from '../mission/active-goal.ts';
import { cellCentre, cellKey } from '../mission/grid.ts';
import { MAX_MEMBERS } from './members.ts';

/**
 * Where another drone can have been since the goal came, by its own beacons: between two of them it may
 * have been at any place from which the way from the one and to the other is not too long for the time.
 * A drone that was not heard for a while can have been anywhere within reach; one that was heard all
 * along has an alibi for every other place, and may not claim to have looked there.
 */
interface Track {
  /** Keys of the grid's cells; null: anywhere, for the beginning is missing. */
  visited: Set<number> | null;
  bootEpoch: number;
  northM: number;
  eastM: number;
  stdM: number;
  /** The author's monotonic ms, and ours when it was heard. */
  sentMs: number;
  heardMs: number;
}

/** By member. */
export type Alibis = Map<number, Track>;

/** At least this recent, or nobody knows where it was when the goal came, ms. */
const KNOWN_MS = 3000;
const BEFORE_TAKEOFF: ReadonlySet<Beacon['phase']> = new Set(['boot', 'standby', 'arming']);
/** Over the mission's limit, for winds and filters. */
const SPEED_SHARE = 1.5;
const SPEED_MORE_MPS = 5;
/** What was said later may arrive earlier, s. */
const LATE_S = 1;
const SIGMAS = 3;
/** For a filter's steps, and for a camera that does not look straight down, m. */
const MARGIN_M = 15;

/** A beacon with a place in it, in the order in which its author sent them. */
export const noteTrack = (
  alibis: Alibis,
  goal: ActiveGoal | null,
  author: number,
  heard: { beacon: Beacon; bootEpoch: number; sentMs: number; heardMs: number },
): void => {
  const { beacon, bootEpoch, sentMs, heardMs } = heard;
  if (beacon.latE7 === 0 && beacon.lonE7 === 0) return;
  const place = { northM: Number.NaN, eastM: Number.NaN, stdM: beacon.positionStdCm / 100 };
  if (goal !== null) Object.assign(place, placeOf(goal, beacon));
  const last = alibis.get(author);
  if (last === undefined && alibis.size >= MAX_MEMBERS) return;
  const now = { ...place, visited: null, bootEpoch, sentMs, heardMs };
  if (last === undefined || last.visited === null) {
    alibis.set(author, now);
    return;
  }
  if (goal !== null) visitBetween(goal, last, now, last.visited);
  alibis.set(author, { ...now, visited: last.visited });
};

const placeOf = (goal: ActiveGoal, beacon: Beacon): { northM: number; eastM: number } => {
  const { x, y } = nedFromGeodetic(goal.mission.origin, {
    latDeg: beacon.latE7 / 1e7,
    lonDeg: beacon.lonE7 / 1e7,
    altAmslM: goal.mission.origin.altAmslM,
  });
  return { northM: x, eastM: y };
};

/**
 * From a goal on: whoever was heard just now, and did not have it yet, has been nowhere under it. To a
 * drone that joined late, or whose mind began anew, the others may have been at work for long.
 */
export const beginAlibis = (
  alibis: Alibis,
  goal: ActiveGoal,
  beaconOf: (author: number) => Beacon | null,
  { receivedMs, nowMs }: { receivedMs: number; nowMs: number },
): void => {
  const isFresh = nowMs - receivedMs <= KNOWN_MS;
  for (const [author, track] of alibis) {
    const beacon = beaconOf(author);
    const isIdle = beacon !== null && hasNotBegun(beacon, goal);
    const isKnown = isFresh && isIdle && nowMs - track.heardMs <= KNOWN_MS;
    track.visited = isKnown ? new Set() : null;
    if (isKnown) Object.assign(track, placeOf(goal, beacon));
  }
};

/** Without the goal, or with it and still on the ground: a landed one may have flown. */
const hasNotBegun = (beacon: Beacon, goal: ActiveGoal): boolean =>
  beacon.goal === null ||
  compareGoalIds(beacon.goal, goal.id) < 0 ||
  BEFORE_TAKEOFF.has(beacon.phase);

const speedOf = (goal: ActiveGoal): number =>
  SPEED_SHARE * goal.mission.limits.maxSpeedMps + SPEED_MORE_MPS;

const marginOf = (goal: ActiveGoal, stdM: number): number =>
  (goal.mission.search?.footprintRadiusM ?? 0) + MARGIN_M + SIGMAS * stdM;

const visitBetween = (goal: ActiveGoal, from: Track, to: Track, visited: Set<number>): void => {
  const { grid } = goal;
  const isSameBoot = to.bootEpoch === from.bootEpoch;
  const elapsedMs = isSameBoot
    ? to.sentMs - from.sentMs
    : to.heardMs - from.heardMs + 1000 * LATE_S;
  const seconds = Math.max(0, elapsedMs) / 1000;
  const wayM = speedOf(goal) * seconds + 2 * marginOf(goal, Math.max(from.stdM, to.stdM));
  const reachM = wayM / 2 + Math.abs(to.northM - from.northM) + Math.abs(to.eastM - from.eastM);
  const low = (m: number): number => Math.floor((m - reachM) / grid.cellM);
  const high = (m: number): number => Math.floor((m + reachM) / grid.cellM);
  const visit = (row: number, column: number): void => {
    const cell = cellCentre(grid.cellM, { row, column });
    const there = Math.hypot(cell.northM - from.northM, cell.eastM - from.eastM);
    const back = Math.hypot(cell.northM - to.northM, cell.eastM - to.eastM);
    if (there + back <= wayM) visited.add(cellKey(row, column));
  };
  const rows = high(from.northM) - low(from.northM) + 1;
  const columns = high(from.eastM) - low(from.eastM) + 1;
  // Never more than the grid has: a beacon may say anything of its place and its doubt of it.
  if (!(rows * columns <= grid.cells.length)) {
    for (const { row, column } of grid.cells) visit(row, column);
    return;
  }
  for (let row = low(from.northM); row <= high(from.northM); row += 1) {
    for (let column = low(from.eastM); column <= high(from.eastM); column += 1) {
      const key = cellKey(row, column);
      if (grid.keys.has(key) && !visited.has(key)) visit(row, column);
    }
  }
};

/** True where its beacons so far, each with the next, leave it no time to have looked at the cell. */
export const wasElsewhere = (
  alibis: Alibis,
  author: number,
  cell: { row: number; column: number },
): boolean => {
  const visited = alibis.get(author)?.visited ?? null;
  return visited !== null && !visited.has(cellKey(cell.row, cell.column));
};

/** False where its own beacons say that it cannot have looked at the cell by now. */
export const canHaveSeen = (
  alibis: Alibis,
  goal: ActiveGoal,
  author: number,
  cell: { row: number; column: number },
  nowMs: number,
): boolean => {
  const track = alibis.get(author);
  if (track === undefined || !wasElsewhere(alibis, author, cell)) return true;
  const { northM, eastM } = cellCentre(goal.grid.cellM, cell);
  const seconds = Math.max(0, nowMs - track.heardMs) / 1000 + LATE_S;
  const reachM = speedOf(goal) * seconds + marginOf(goal, track.stdM);
  return Math.hypot(northM - track.northM, eastM - track.eastM) <= reachM;
};
