import type { SearchGrid } from '#agent/mind/mission/grid.ts';
import { cellKey, searchGrid } from '#agent/mind/mission/grid.ts';
import { emptyLookCounts, mergeBelief, type LookCounts } from '#agent/mind/belief/look-counts.ts';
import type { Received } from '#protocols/channel/mesh-messages.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import type { Finding } from '#protocols/gossip/finding.ts';
import { compareGoalIds, isNextEpoch } from '#protocols/gossip/goal-order.ts';
import type { Goal } from '#protocols/gossip/goal.ts';
import type { Intent } from '#protocols/gossip/intent.ts';
import type { TaskReport } from '#protocols/gossip/task-report.ts';
import { troubleText, unpackTrouble } from '#protocols/trouble.ts';

/** What the station has heard; grows by {@link hear}, is shown by view-of.ts. */
export interface StationState {
  goal: Goal | undefined;
  /** Monotonic ms when the goal was first heard. */
  goalAtMs: number;
  grid: SearchGrid | undefined;
  counts: LookCounts;
  drones: Map<number, HeardDrone>;
  /** Newest report by task. */
  tasks: Map<string, TaskReport>;
  findings: Map<number, { finding: Finding; author: number }>;
  events: { atMs: number; text: string }[];
}

export interface HeardDrone {
  beacon: Beacon;
  heardMs: number;
  intent: Intent | undefined;
  /** [longitude, latitude], degrees. */
  trail: [number, number][];
  /** It was airborne under the present goal: it counts for "all landed". */
  flew: boolean;
}

const MAX_TRAIL = 600;
const MAX_EVENTS = 200;
const MAX_TASKS = 4096;
const MAX_DRONES = 64;

export const emptyStation = (): StationState => ({
  goal: undefined,
  goalAtMs: 0,
  grid: undefined,
  counts: emptyLookCounts(),
  drones: new Map(),
  tasks: new Map(),
  findings: new Map(),
  events: [],
});

export const note = (state: StationState, atMs: number, text: string): void => {
  state.events.push({ atMs, text });
  if (state.events.length > MAX_EVENTS) state.events.shift();
};

/** Takes one admitted message into the state; `nameOf` gives a member's name for the events. */
export const hear = (
  state: StationState,
  message: Received,
  nameOf: (member: number) => string,
): void => {
  switch (message.topic) {
    case 'goal':
      return hearGoal(state, message.payload, message.receivedMs);
    case 'beacon':
      return hearBeacon(state, message.author, message.payload, message.receivedMs, nameOf);
    case 'intent': {
      const drone = state.drones.get(message.author);
      if (drone !== undefined) drone.intent = message.payload;
      return undefined;
    }
    case 'belief':
      if (isCurrent(state, message.payload.goal)) {
        const { grid } = state;
        mergeBelief(
          state.counts,
          message.author,
          message.payload.cells,
          (key) => grid?.keys.has(key) === true,
        );
      }
      return undefined;
    case 'taskReport':
      return hearTask(state, message.payload);
    case 'finding':
      return hearFinding(state, message.author, message.payload, message.receivedMs, nameOf);
    default:
      return undefined;
  }
};

const isCurrent = (state: StationState, goal: Goal['id']): boolean =>
  state.goal !== undefined && compareGoalIds(state.goal.id, goal) === 0;

/**
 * The newest goal that anybody speaks of. A drone may fly one that the station never heard, or forgot with the
 * operator who was revoked; an order of ours must be newer, or nobody takes it.
 */
export const newestKnownGoal = ({ goal, drones }: StationState): Goal['id'] | undefined => {
  const told = [...drones.values()].flatMap(({ beacon }) => beacon.goal ?? []);
  return told
    .filter((id) => isNextEpoch(id, goal?.id))
    .reduce<Goal['id'] | undefined>(
      (newest, id) => (newest === undefined || compareGoalIds(id, newest) > 0 ? id : newest),
      goal?.id,
    );
};

/** A newer goal starts a new picture; trails stay. */
export const hearGoal = (state: StationState, goal: Goal, atMs: number): void => {
  const older = state.goal !== undefined && compareGoalIds(goal.id, state.goal.id) <= 0;
  if (older) return;
  state.goal = goal;
  state.goalAtMs = atMs;
  state.grid = searchGrid(goal.mission);
  state.counts = emptyLookCounts();
  state.tasks.clear();
  state.findings.clear();
  for (const drone of state.drones.values()) drone.flew = false;
  note(
    state,
    atMs,
    goal.cancelled ? `goal cancelled: ${goal.mission.name}` : `goal: ${goal.mission.name}`,
  );
};

const GROUND_PHASES = new Set(['boot', 'standby', 'arming', 'landed']);

const hearBeacon = (
  state: StationState,
  author: number,
  beacon: Beacon,
  atMs: number,
  nameOf: (member: number) => string,
): void => {
  // The station's own beacon is no drone.
  if (beacon.sysid !== author) return;
  const known = state.drones.get(author);
  if (known === undefined && state.drones.size >= MAX_DRONES) return;
  if (known?.beacon.phase !== beacon.phase) {
    const why = beacon.reason === '' ? '' : ` (${beacon.reason})`;
    note(state, atMs, `${nameOf(author)}: ${beacon.phase}${why}`);
  }
  for (const text of newTroubles(known?.beacon, beacon)) {
    note(state, atMs, `${nameOf(author)}: ${text}`);
  }
  const drone = known ?? { beacon, heardMs: atMs, intent: undefined, trail: [], flew: false };
  drone.beacon = beacon;
  drone.heardMs = atMs;
  if (beacon.armed && !GROUND_PHASES.has(beacon.phase)) drone.flew = true;
  const place: [number, number] = [beacon.lonE7 / 1e7, beacon.latE7 / 1e7];
  const last = drone.trail.at(-1);
  if (last === undefined || last[0] !== place[0] || last[1] !== place[1]) drone.trail.push(place);
  if (drone.trail.length > MAX_TRAIL) drone.trail.shift();
  state.drones.set(author, drone);
};

/** Those that the last beacon did not tell. */
const newTroubles = (before: Beacon | undefined, { troubles }: Beacon): string[] => {
  const told = new Set(before?.troubles.map(([number]) => number));
  return troubles.flatMap((packed) => {
    const trouble = told.has(packed[0]) ? undefined : unpackTrouble(packed);
    return trouble === undefined ? [] : [troubleText(trouble)];
  });
};

/** As among the drones: a greater claim epoch wins, then done, then the smaller owner. */
const hearTask = (state: StationState, report: TaskReport): void => {
  if (!isCurrent(state, report.goal)) return;
  const old = state.tasks.get(report.task);
  if (old === undefined && state.tasks.size >= MAX_TASKS) return;
  if (old?.state === 'done' && report.state !== 'done') return;
  if (old !== undefined && report.claimEpoch < old.claimEpoch && report.state !== 'done') return;
  state.tasks.set(report.task, report);
};

const hearFinding = (
  state: StationState,
  author: number,
  finding: Finding,
  atMs: number,
  nameOf: (member: number) => string,
): void => {
  if (!isCurrent(state, finding.goal)) return;
  const key = cellKey(finding.row, finding.column);
  if (state.grid?.keys.has(key) !== true) return;
  const known = state.findings.get(key);
  if (known === undefined) {
    note(state, atMs, `${nameOf(author)} found something in cell ${finding.row}:${finding.column}`);
  }
  if (known === undefined || finding.looks > known.finding.looks) {
    state.findings.set(key, { finding, author });
  }
};
