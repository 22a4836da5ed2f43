import { cellKey } from '#agent/mind/mission/grid.ts';
import { searchProgress } from '#agent/mind/mission/progress.ts';
import { totalAt } from '#agent/mind/belief/look-counts.ts';
import { posterior } from '#agent/mind/belief/posterior.ts';
import type { MeshStatus } from '#protocols/channel/mesh-messages.ts';
import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import { decodeKnots } from '#protocols/gossip/intent.ts';
import { memberById, type Member, type Roster } from '#protocols/gossip/roster.ts';
import { troubleRemedy, troubleText, unpackTrouble } from '#protocols/trouble.ts';
import type { HeardDrone, StationState } from './fold.ts';
import type { CellView, DroneView, SwarmView, TroubleView } from './view.ts';

interface Moment {
  nowMs: number;
  unixMs: number;
}

const ON_GROUND = new Set(['boot', 'standby', 'landed']);

/** The view of a moment: pure, so that tests and the page see the same. */
export const viewOf = (
  state: StationState,
  roster: Roster,
  stationName: string,
  mesh: MeshStatus,
  moment: Moment,
): SwarmView => ({
  unixMs: moment.unixMs,
  swarm: roster.swarm,
  station: stationName,
  mission: missionView(state, roster, moment),
  drones: roster.members
    .filter((member) => member.role === 'drone')
    .map((member) => droneView(state, member, moment)),
  tasks: taskCounts(state),
  cells: cellViews(state),
  findings: [...state.findings.values()].map(({ finding, author }) => ({
    row: finding.row,
    column: finding.column,
    latDeg: finding.latDeg,
    lonDeg: finding.lonDeg,
    confidence: finding.confidence,
    looks: finding.looks,
    foundBy: roster.members.find((member) => member.id === author)?.name ?? `${author}`,
  })),
  link: {
    peers: mesh.peers.filter((peer) => peer.connected).length,
    bytesIn: mesh.bytesIn,
    bytesOut: mesh.bytesOut,
    rejected: mesh.messagesRejected,
    lastReject: mesh.lastReject,
  },
  events: state.events.map(({ atMs, text }) => ({
    unixMs: Math.round(moment.unixMs - (moment.nowMs - atMs)),
    text,
  })),
});

const missionView = (state: StationState, roster: Roster, moment: Moment): SwarmView['mission'] => {
  const { goal, grid } = state;
  if (goal === undefined || grid === undefined) return null;
  const search = goal.mission.search;
  const progress = search === undefined ? undefined : searchProgress(search, grid, state.counts);
  return {
    name: goal.mission.name,
    goal: goal.id,
    operator: memberById(roster, goal.id.issuer)?.name ?? `member ${goal.id.issuer}`,
    cancelled: goal.cancelled,
    elapsedS: (moment.nowMs - state.goalAtMs) / 1000,
    cells: grid.cells.length,
    searchedFraction: progress?.fraction ?? 0,
    complete: isComplete(state, roster, moment),
  };
};

/** A drone that went silent in flight cannot be waited for; after this long the others decide. */
const SILENT_MS = 15_000;

/** Every drone that flew for this goal and is still heard has landed and disarmed, and one at least flew. */
const isComplete = (state: StationState, roster: Roster, moment: Moment): boolean => {
  const flew = roster.members.flatMap((member) => {
    const drone = state.drones.get(member.id);
    return drone?.flew === true ? [drone] : [];
  });
  const heard = flew.filter((drone) => moment.nowMs - drone.heardMs < SILENT_MS);
  return (
    flew.length > 0 &&
    heard.every((drone) => !drone.beacon.armed && ON_GROUND.has(drone.beacon.phase))
  );
};

const NEVER: Omit<DroneView, 'sysid' | 'name'> = {
  ageS: null,
  phase: 'unknown',
  armed: false,
  mode: '',
  latDeg: 0,
  lonDeg: 0,
  heightM: 0,
  speedMps: 0,
  batteryPercent: 0,
  task: null,
  reason: '',
  troubles: [],
  planSource: 'none',
  model: '',
  goal: null,
  directive: null,
  taskDigest: 0,
  logHead: null,
  intent: [],
  trail: [],
};

const droneView = (state: StationState, member: Member, moment: Moment): DroneView => {
  const heard = state.drones.get(member.id);
  if (heard === undefined) return { sysid: member.id, name: member.name, ...NEVER };
  const { beacon } = heard;
  const [north, east, down] = beacon.velocityCmps;
  const originAltM = state.goal?.mission.origin.altAmslM ?? 0;
  return {
    sysid: member.id,
    name: member.name,
    ageS: Math.max(0, moment.nowMs - heard.heardMs) / 1000,
    phase: beacon.phase,
    armed: beacon.armed,
    mode: beacon.mode,
    latDeg: beacon.latE7 / 1e7,
    lonDeg: beacon.lonE7 / 1e7,
    heightM: beacon.altAmslCm / 100 - originAltM,
    speedMps: Math.sqrt(north * north + east * east + down * down) / 100,
    batteryPercent: beacon.batteryPercent,
    task: beacon.task,
    reason: beacon.reason,
    troubles: troubleViews(beacon.troubles, member.id),
    planSource: beacon.planSource,
    model: beacon.model,
    goal: beacon.goal,
    directive: beacon.directive,
    taskDigest: beacon.taskDigest,
    logHead: beacon.logHead === null ? null : logHeadText(beacon.logHead),
    intent: intentView(heard, state.goal?.mission.origin),
    trail: heard.trail,
  };
};

const troubleViews = (packed: HeardDrone['beacon']['troubles'], sysid: number): TroubleView[] =>
  packed.flatMap((one) => {
    const trouble = unpackTrouble(one);
    if (trouble === undefined) return [];
    return [
      {
        code: trouble.code,
        severity: trouble.grave ? ('error' as const) : ('warning' as const),
        text: troubleText(trouble),
        remedy: troubleRemedy(trouble, sysid),
      },
    ];
  });

const logHeadText = ([index, head]: readonly [number, Uint8Array]): string =>
  `${index}:${Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;

const intentView = (heard: HeardDrone, origin: Origin | undefined): DroneView['intent'] => {
  if (heard.intent === undefined || origin === undefined) return [];
  const knots = decodeKnots(heard.intent.knots, heard.intent.radii) ?? [];
  return knots.map((knot) => {
    const place = geodeticFromNed(origin, knot);
    return [place.lonDeg, place.latDeg, knot.radiusM] as const;
  });
};

const taskCounts = (state: StationState): SwarmView['tasks'] => {
  const counts = { open: 0, claimed: 0, executing: 0, done: 0, released: 0 };
  for (const report of state.tasks.values()) {
    counts[report.state === 'released' ? 'open' : report.state] += 1;
  }
  return counts;
};

const cellViews = (state: StationState): CellView[] => {
  const { grid, goal, counts } = state;
  const search = goal?.mission.search;
  if (grid === undefined || search === undefined) return [];
  return grid.cells.map((cell) => {
    const count = totalAt(counts, cellKey(cell.row, cell.column));
    return {
      ...cell,
      posterior: posterior(search, grid.cells.length, count),
      looks: count.looks,
      detections: count.detections,
    };
  });
};
