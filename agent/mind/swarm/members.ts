import type { Received } from '#protocols/channel/mesh-messages.ts';
import type { FlightPhase } from '#protocols/flight-phase.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { decodeKnots } from '#protocols/gossip/intent.ts';
import type { TubeKnot } from '#protocols/gossip/tube.ts';

/** Members that are remembered: bounds the table; a fleet has at most as many (safety-envelope.ts). */
export const MAX_MEMBERS = 250;

/** Without a word for this long a member counts as silent: three beacons, a dozen intents. */
const SILENT_AFTER_MS = 3000;
/** A bound on another's clock that is wider than this says too little of a message's age, ms. */
const UNSURE_CLOCK_MS = 1500;
/** A mind that bids no more holds no task: six refreshes lost in a row are its death. */
const BIDLESS_AFTER_MS = 6000;

/** An intent with its times in this drone's monotonic ms. */
export interface HeardIntent {
  planId: number;
  startMs: number;
  knotMs: number;
  clockErrorMs: number;
  knots: TubeKnot[];
}

/** What is known of another member. Times are this drone's monotonic ms. */
export interface MemberView {
  member: number;
  /** Last message that ages (beacon, intent, bid): a repaired old one proves no life. */
  heardMs: number;
  /**
   * When the newest of those was said, which on a crowded channel is long before it is heard: what one
   * hears of a member is as old as this.
   */
  toldMs: number;
  /** The member's own monotonic ms in that message, for the swarm clock's echo. */
  sentMs: number;
  /** Last bid: a drone's beacon goes on without its mind, bids do not. */
  bidMs: number;
  beacon: Beacon | null;
  beaconMs: number;
  intent: HeardIntent | null;
  /** First heard arming, or further, under the current goal. */
  departedMs: number | null;
  /** First heard going down to land under the current goal. */
  descendedMs: number | null;
  /** Since when its beacon names the activity it names now. */
  activitySinceMs: number;
}

export type Members = Map<number, MemberView>;

const newView = (member: number): MemberView => ({
  member,
  heardMs: -Infinity,
  toldMs: -Infinity,
  sentMs: 0,
  bidMs: -Infinity,
  beacon: null,
  beaconMs: -Infinity,
  intent: null,
  departedMs: null,
  descendedMs: null,
  activitySinceMs: -Infinity,
});

/** Notes a message that ages; others are ignored. */
export const noteHeard = (members: Members, received: Received, goal: GoalId | null): void => {
  const { topic, author } = received;
  if (topic !== 'beacon' && topic !== 'intent' && topic !== 'bid') return;
  let view = members.get(author);
  if (view === undefined) {
    if (members.size >= MAX_MEMBERS) return;
    view = newView(author);
    members.set(author, view);
  }
  view.toldMs = Math.max(view.toldMs, toldMs(received));
  if (received.receivedMs >= view.heardMs) {
    view.heardMs = received.receivedMs;
    view.sentMs = received.sentMs;
  }
  if (topic === 'beacon') noteBeacon(view, received.payload, received.receivedMs, goal);
  else if (topic === 'intent') noteIntent(view, received);
  else view.bidMs = Math.max(view.bidMs, received.receivedMs);
};

/** In our time; where the two clocks are not known well enough, when it was heard. */
const toldMs = ({ sentMs, receivedMs, clockOffsetMs, clockErrorMs }: Received): number =>
  clockErrorMs <= UNSURE_CLOCK_MS ? Math.min(receivedMs, sentMs + clockOffsetMs) : receivedMs;

const ON_GROUND: readonly FlightPhase[] = ['boot', 'standby', 'landed'];

const noteBeacon = (view: MemberView, beacon: Beacon, atMs: number, goal: GoalId | null): void => {
  if (view.beacon?.task !== beacon.task) view.activitySinceMs = atMs;
  view.beacon = beacon;
  view.beaconMs = atMs;
  if (!serves(beacon, goal)) return;
  if (!ON_GROUND.includes(beacon.phase)) view.departedMs ??= atMs;
  if (beacon.task === ACTIVITY.descend || beacon.phase === 'landing') view.descendedMs ??= atMs;
};

const noteIntent = (view: MemberView, received: Received & { topic: 'intent' }): void => {
  const { payload, clockOffsetMs, clockErrorMs } = received;
  const knots = decodeKnots(payload.knots, payload.radii);
  if (knots === undefined) return;
  const startMs = payload.startMs + clockOffsetMs;
  if (view.intent !== null && startMs < view.intent.startMs) return;
  view.intent = { planId: payload.planId, startMs, knotMs: payload.knotMs, clockErrorMs, knots };
};

/** What a beacon's `task` says between tasks of the auction. */
export const ACTIVITY = {
  queue: 'takeoff.turn',
  climb: 'takeoff',
  home: 'home',
  turn: 'landing.turn',
  descend: 'landing.descend',
  land: 'landing',
} as const;

const serves = (beacon: Beacon, goal: GoalId | null): boolean =>
  goal !== null && beacon.goal !== null && compareGoalIds(beacon.goal, goal) === 0;

/** Under a new goal everyone's take-off and landing are still to come. */
export const forgetTurns = (members: Members): void => {
  for (const view of members.values()) {
    view.departedMs = null;
    view.descendedMs = null;
  }
};

export const isAlive = (members: Members, member: number, nowMs: number): boolean =>
  nowMs - (members.get(member)?.heardMs ?? -Infinity) <= SILENT_AFTER_MS;

/** Phases in which a drone does no task: whatever it had is for the others. */
const RELEASED: readonly FlightPhase[] = ['returning', 'landing', 'landed', 'yielded', 'failsafe'];

const GOING_HOME: readonly string[] = [
  ACTIVITY.home,
  ACTIVITY.turn,
  ACTIVITY.descend,
  ACTIVITY.land,
];

/** True while a member may hold tasks: heard and bidding lately, serving this goal, not on its way home. */
export const isWorking = (
  members: Members,
  member: number,
  goal: GoalId,
  nowMs: number,
): boolean => {
  const bidMs = members.get(member)?.bidMs ?? -Infinity;
  if (!isAlive(members, member, nowMs) || nowMs - bidMs > BIDLESS_AFTER_MS) return false;
  const beacon = members.get(member)?.beacon ?? null;
  if (beacon === null) return true;
  if (!serves(beacon, goal) || RELEASED.includes(beacon.phase)) return false;
  return beacon.task === null || !GOING_HOME.includes(beacon.task);
};

export const isAirborne = (beacon: Beacon): boolean =>
  beacon.armed && !ON_GROUND.includes(beacon.phase) && beacon.phase !== 'arming';

/** The last member messages heard, for the beacon's echoes: [member, its sentMs, own ms at receipt]. */
export const echoesOf = (members: Members): Beacon['echoes'] =>
  [...members.values()]
    .filter((view) => Number.isFinite(view.heardMs))
    .sort((a, b) => b.heardMs - a.heardMs || a.member - b.member)
    .slice(0, 8)
    .map((view) => [view.member, view.sentMs, view.heardMs]);
