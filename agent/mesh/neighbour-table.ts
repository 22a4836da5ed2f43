import type { Received } from '#protocols/channel/mesh-messages.ts';
import { MAX_NEIGHBOURS, type Neighbour } from '#protocols/channel/neighbours.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import { decodeKnots, type Intent } from '#protocols/gossip/intent.ts';
import type { TubeKnot } from '#protocols/gossip/tube.ts';

import { breaksPromise, mayFollow, type HeardBeacon } from './plausible-motion.ts';

/** What each other drone said last of where it is and where it promised to stay. */
export type NeighbourTable = Map<number, Heard>;

interface Heard {
  bootEpoch: number;
  beacon: HeardBeacon | undefined;
  /** Decoded once: the pilot is told of it more often than it is made anew. */
  intent: { payload: Intent; tube: TubeKnot[] | undefined } | undefined;
  /** The last place before one that it cannot have reached from there; forgotten after {@link DOUBT_MS}. */
  former: HeardBeacon | undefined;
  /** The author's ms at which its places last contradicted each other. */
  jumpedMs: number;
}

/** The mission in force: its frame, and whose promises count. */
export interface MissionFrame {
  goal: GoalId;
  origin: Origin;
}

/**
 * After a jump that no vehicle makes, either place may be the true one: an estimator was reset, or
 * somebody lies. For so long the drone is kept clear of in both.
 */
const DOUBT_MS = 15_000;

const GROUND_PHASES: ReadonlySet<string> = new Set(['boot', 'standby', 'arming', 'landed']);

/** Notes a drone's beacon or intent; anything else is of no concern here. */
export const noteNeighbour = (table: NeighbourTable, received: Received): void => {
  if (received.topic !== 'beacon' && received.topic !== 'intent') return;
  const { author, bootEpoch, sentMs } = received;
  const known = table.get(author);
  if (known === undefined && table.size >= MAX_NEIGHBOURS) return;
  // A rebooted neighbour counts time afresh: its old promise has no time any more.
  const heard: Heard = known?.bootEpoch === bootEpoch ? known : { ...UNHEARD, bootEpoch };
  if (received.topic === 'beacon') noteBeacon(heard, { payload: received.payload, sentMs });
  else {
    const { payload } = received;
    heard.intent = { payload, tube: decodeKnots(payload.knots, payload.radii) };
  }
  table.set(author, heard);
};

const UNHEARD = { beacon: undefined, intent: undefined, former: undefined, jumpedMs: 0 };

const noteBeacon = (heard: Heard, beacon: HeardBeacon): void => {
  const { beacon: last, former } = heard;
  const isPlaced = last !== undefined && !isNowhere(last.payload) && !isNowhere(beacon.payload);
  if (isPlaced && !mayFollow(last, beacon)) {
    // Of several jumps the place before the first counts: what came since is as doubtful as this.
    heard.former ??= last;
    heard.jumpedMs = beacon.sentMs;
  } else if (former !== undefined && beacon.sentMs - heard.jumpedMs > DOUBT_MS) {
    heard.former = undefined;
  }
  heard.beacon = beacon;
};

/**
 * The neighbours in the mission's NED frame and our monotonic time. One that fell silent stays, as it
 * was last heard: its age is for the guard to judge. One whose words contradict each other is there
 * once for each place where it may be.
 */
export const neighboursOf = (
  table: NeighbourTable,
  frame: MissionFrame,
  clockOf: (member: number) => { offsetMs: number; errorMs: number },
): Neighbour[] =>
  [...table]
    .flatMap(([member, heard]) => {
      const { beacon, former } = heard;
      if (beacon === undefined || isNowhere(beacon.payload)) return [];
      const { offsetMs, errorMs } = clockOf(member);
      const at = (place: HeardBeacon, intent: Heard['intent']): Neighbour =>
        neighbourOf(member, { ...heard, intent }, place, frame, offsetMs, errorMs);
      const promised = at(beacon, heard.intent);
      const places = [promised];
      if (former !== undefined) places.push(at(former, undefined));
      if (breaksPromise(promised)) places.push(at(beacon, undefined));
      return places;
    })
    .slice(0, MAX_NEIGHBOURS);

const isNowhere = (beacon: Beacon): boolean => beacon.latE7 === 0 && beacon.lonE7 === 0;

const neighbourOf = (
  member: number,
  heard: Heard,
  { payload, sentMs }: HeardBeacon,
  frame: MissionFrame,
  offsetMs: number,
  errorMs: number,
): Neighbour => {
  const airborne = payload.armed && !GROUND_PHASES.has(payload.phase);
  const [north, east, down] = payload.velocityCmps;
  const { intent } = heard;
  const isPromise =
    airborne && intent !== undefined && compareGoalIds(intent.payload.goal, frame.goal) === 0;
  const tube = isPromise ? intent.tube : undefined;
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
