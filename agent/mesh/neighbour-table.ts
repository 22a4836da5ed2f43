import type { Received } from '#protocols/channel/mesh-messages.ts';
import { MAX_NEIGHBOURS, type Neighbour } from '#protocols/channel/neighbours.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import { decodeKnots, type Intent } from '#protocols/gossip/intent.ts';

/** What each other drone said last of where it is and where it promised to stay. */
export type NeighbourTable = Map<number, Heard>;

interface Heard {
  bootEpoch: number;
  beacon: { payload: Beacon; sentMs: number } | undefined;
  intent: { payload: Intent; sentMs: number } | undefined;
}

/** The mission in force: its frame, and whose promises count. */
export interface MissionFrame {
  goal: GoalId;
  origin: Origin;
}

const GROUND_PHASES: ReadonlySet<string> = new Set(['boot', 'standby', 'arming', 'landed']);

/** Notes a drone's beacon or intent; anything else is of no concern here. */
export const noteNeighbour = (table: NeighbourTable, received: Received): void => {
  if (received.topic !== 'beacon' && received.topic !== 'intent') return;
  const { author, bootEpoch, sentMs } = received;
  const known = table.get(author);
  if (known === undefined && table.size >= MAX_NEIGHBOURS) return;
  // A rebooted neighbour counts time afresh: its old promise has no time any more.
  const heard: Heard =
    known?.bootEpoch === bootEpoch ? known : { bootEpoch, beacon: undefined, intent: undefined };
  if (received.topic === 'beacon') heard.beacon = { payload: received.payload, sentMs };
  else heard.intent = { payload: received.payload, sentMs };
  table.set(author, heard);
};

/**
 * The neighbours in the mission's NED frame and our monotonic time. One that fell silent stays, as it
 * was last heard: its age is for the guard to judge.
 */
export const neighboursOf = (
  table: NeighbourTable,
  frame: MissionFrame,
  clockOf: (member: number) => { offsetMs: number; errorMs: number },
): Neighbour[] =>
  [...table].flatMap(([member, heard]) => {
    const { beacon } = heard;
    if (beacon === undefined || isNowhere(beacon.payload)) return [];
    const { offsetMs, errorMs } = clockOf(member);
    return [neighbourOf(member, heard, beacon, frame, offsetMs, errorMs)];
  });

const isNowhere = (beacon: Beacon): boolean => beacon.latE7 === 0 && beacon.lonE7 === 0;

const neighbourOf = (
  member: number,
  heard: Heard,
  { payload, sentMs }: { payload: Beacon; sentMs: number },
  frame: MissionFrame,
  offsetMs: number,
  errorMs: number,
): Neighbour => {
  const airborne = payload.armed && !GROUND_PHASES.has(payload.phase);
  const [north, east, down] = payload.velocityCmps;
  const { intent } = heard;
  const isPromise =
    airborne && intent !== undefined && compareGoalIds(intent.payload.goal, frame.goal) === 0;
  const tube = isPromise ? decodeKnots(intent.payload.knots, intent.payload.radii) : undefined;
  return {
    member,
    atMs: sentMs + offsetMs,
    clockErrorMs: errorMs,
    positionNed: nedFromGeodetic(frame.origin, {
      latDeg: payload.latE7 / 1e7,
      lonDeg: payload.lonE7 / 1e7,
      altAmslM: payload.altAmslCm / 100,
    }),
    velocityNed: { x: north / 100, y: east / 100, z: down / 100 },
    positionStdM: payload.positionStdCm / 100,
    phase: FLIGHT_PHASES.indexOf(payload.phase),
    airborne,
    tubeStartMs: tube === undefined ? 0 : intent!.payload.startMs + offsetMs,
    knotMs: tube === undefined ? 0 : intent!.payload.knotMs,
    tube: tube ?? [],
  };
};
