import type { PilotStatus } from '#protocols/channel/pilot-status.ts';
import type { Order } from '#protocols/channel/order.ts';
import type { Publish, Received } from '#protocols/channel/mesh-messages.ts';
import type { RangeRing } from '#protocols/channel/range-ring.ts';
import type { Origin } from '#protocols/frames.ts';
import type { Trajectory } from '#protocols/trajectory.ts';
import type { Vector3 } from '#protocols/vector.ts';

import { createAuction, type Auction } from './allocate/auction.ts';
import type { TaskBook } from './allocate/ownership.ts';
import { emptyLookCounts, type LookCounts } from './belief/look-counts.ts';
import type { FindingBook } from './belief/findings.ts';
import type { DurableState } from './durable.ts';
import { newSteering, type Steering, type SteeringFlag } from './flight/steering.ts';
import { newVehicle, type Vehicle } from './flight/vehicle.ts';
import type { ActiveGoal } from './mission/active-goal.ts';
import type { Execution } from './mission/execution.ts';
import type { MindPhase } from './mission/phase.ts';
import type { Route } from './mission/route-progress.ts';
import type { PlanAnswer, PlanRequest, SafePlanner } from './plan-port.ts';
import type { Alibis } from './swarm/alibi.ts';
import type { Members } from './swarm/members.ts';

/** One pass of the own camera over one cell, as the payload reports it. */
export interface Look {
  row: number;
  column: number;
  detected: boolean;
  /** Where the detection lies, mission NED, m. */
  northM: number;
  eastM: number;
}

export interface MindInbox {
  /** The newest since the last tick, or null. */
  status: PilotStatus | null;
  ring: RangeRing | null;
  received: Received[];
  looks: Look[];
  /** True when the payload said anything since the last tick. */
  payloadAlive: boolean;
  answer: PlanAnswer | null;
}

export const emptyInbox = (): MindInbox => ({
  status: null,
  ring: null,
  received: [],
  looks: [],
  payloadAlive: false,
  answer: null,
});

/** What the payload must know to name cells as everyone does. */
export interface PayloadConfiguration {
  origin: Origin;
  cellM: number;
  footprintRadiusM: number;
}

/** What a tick thought, for the record. */
export interface MindNote {
  phase: MindPhase;
  task: string | null;
  over: string;
  flag: SteeringFlag;
  progressPermille: number;
}

export interface MindOutbox {
  order: Order | null;
  trajectory: Trajectory | null;
  publish: Publish[];
  planRequest: PlanRequest | null;
  /** Set when it changes. */
  payload: PayloadConfiguration | null;
  /** Set when it changes; to be on disk soon. */
  durable: DurableState | null;
  note: MindNote;
}

export interface MindOptions {
  sysid: number;
  seed: number;
  /** True when a detector is fitted; without one a drone takes no search tasks. */
  hasPayload: boolean;
  /** What an earlier run of this mind had written; null at first. */
  restored: DurableState | null;
}

/** When each kind of message last went out, and what it said. */
export interface Announced {
  beaconMs: number;
  beaconKey: string;
  /** When what the beacon says last changed. */
  newsMs: number;
  intentMs: number;
  intentPlanId: number;
  bidMs: number;
  beliefMs: number;
  /** Own looks that no message carries yet. */
  beliefDue: boolean;
  beliefTurn: number;
  order: Order | null;
  orderMs: number;
}

/** The whole state of a mind; only mindTick changes it. */
export interface Mind {
  options: MindOptions;
  safePlan: SafePlanner;
  vehicle: Vehicle;
  ring: RangeRing | null;
  members: Members;
  /** Where the others can have been since the goal came. */
  alibis: Alibis;
  /** Members whose own beacons contradict what they say of their work. */
  liars: Set<number>;
  /** Lanes that are said to be done and look as if they were not, since when. */
  doubtedMs: Map<string, number>;
  goal: ActiveGoal | null;
  phase: MindPhase;
  phaseSinceMs: number;
  /** Why the work is over; empty while it is not. */
  over: string;
  /** Durable messages that came before the goal they serve. */
  pending: Received[];
  payloadMs: number;
  counts: LookCounts;
  findings: FindingBook;
  book: TaskBook;
  auction: Auction;
  auctionMs: number;
  quoteMs: number;
  firstTask: string | null;
  firstTaskSinceMs: number;
  execution: Execution | null;
  /** Way of the present phase when it is not a task's: home, a goto mission's. */
  route: Route | null;
  /** Where this drone stopped when it ran out of work, and when. */
  holdAt: { place: Vector3; sinceMs: number } | null;
  steering: Steering;
  announced: Announced;
  durableDue: boolean;
  payloadSent: boolean;
  /** Publications of this tick. */
  publish: Publish[];
  /** Of the last tick but those of a planner's answer alone. */
  note: MindNote;
}

const NEVER = -Infinity;

export const createMind = (options: MindOptions, safePlan: SafePlanner): Mind => ({
  options,
  safePlan,
  vehicle: newVehicle(),
  ring: null,
  members: new Map(),
  alibis: new Map(),
  liars: new Set(),
  doubtedMs: new Map(),
  goal: null,
  phase: 'idle',
  phaseSinceMs: NEVER,
  over: '',
  pending: [],
  payloadMs: NEVER,
  counts: emptyLookCounts(),
  findings: new Map(),
  book: new Map(),
  auction: createAuction(options.sysid),
  auctionMs: NEVER,
  quoteMs: NEVER,
  firstTask: null,
  firstTaskSinceMs: NEVER,
  execution: null,
  route: null,
  holdAt: null,
  steering: newSteering(),
  announced: {
    beaconMs: NEVER,
    beaconKey: '',
    newsMs: NEVER,
    intentMs: NEVER,
    intentPlanId: -1,
    bidMs: NEVER,
    beliefMs: NEVER,
    beliefDue: false,
    beliefTurn: 0,
    order: null,
    orderMs: NEVER,
  },
  durableDue: false,
  payloadSent: false,
  publish: [],
  note: { phase: 'idle', task: null, over: '', flag: '', progressPermille: 0 },
});
