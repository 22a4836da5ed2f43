import type { Received } from '#protocols/channel/mesh-messages.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { Goal } from '#protocols/gossip/goal.ts';

import { createAuction, hearBid } from './allocate/auction.ts';
import { noteReport } from './allocate/ownership.ts';
import { noteDetection, noteFinding } from './belief/findings.ts';
import { addLook, emptyLookCounts, mergeBelief } from './belief/look-counts.ts';
import { restoreCells, restoredFor } from './durable.ts';
import { isAirborneNow, pilotPhaseOf, noteStatus } from './flight/vehicle.ts';
import { letGo } from './flight/steering.ts';
import { activate } from './mission/active-goal.ts';
import { cellKey } from './mission/grid.ts';
import type { MindPhase } from './mission/phase.ts';
import type { Look, Mind, MindInbox } from './state.ts';
import { forgetTurns, noteHeard } from './swarm/members.ts';
import { beginAlibis, noteTrack } from './swarm/alibi.ts';
import { isCredible } from './swarm/quarantine.ts';
import { mayWin } from './swarm/standing.ts';

/** Durable messages kept for a goal that has not come yet. */
export const MAX_PENDING = 256;

/** Works everything of an inbox into the mind. */
export const takeIn = (mind: Mind, inbox: MindInbox, nowMs: number): void => {
  if (inbox.status !== null) {
    noteStatus(mind.vehicle, inbox.status);
    const { planId } = inbox.status.values;
    // After a restart of the mind the pilot remembers how far the plans had been counted.
    if (planId >= mind.steering.nextPlanId) mind.steering.nextPlanId = planId + 1;
  }
  if (inbox.ring !== null) mind.ring = inbox.ring;
  if (inbox.payloadAlive || inbox.looks.length > 0) mind.payloadMs = nowMs;
  for (const received of inbox.received) hear(mind, received, nowMs);
  for (const look of inbox.looks) noteLook(mind, look);
};

const hear = (mind: Mind, received: Received, nowMs: number): void => {
  // After a restart the mesh hands back what this drone itself had said.
  const isOwn = received.author === mind.options.sysid;
  if (!isOwn) noteHeard(mind.members, received, mind.goal?.id ?? null);
  if (!isOwn && received.topic === 'beacon') {
    const { author, bootEpoch, sentMs, receivedMs: heardMs, payload: beacon } = received;
    noteTrack(mind.alibis, mind.goal, author, { beacon, bootEpoch, sentMs, heardMs });
  }
  switch (received.topic) {
    case 'goal':
      hearGoal(mind, received.payload, received.receivedMs, nowMs);
      break;
    case 'bid':
      if (serves(mind, received.payload.goal) && !mind.liars.has(received.author)) {
        hearBid(mind.auction, received.author, received.payload, (m) => mayWin(mind, m, nowMs));
      }
      break;
    case 'taskReport':
    case 'belief':
    case 'finding':
      hearWork(mind, received, nowMs);
      break;
    default:
      break;
  }
};

const serves = (mind: Mind, goal: GoalId): boolean =>
  mind.goal !== null && compareGoalIds(mind.goal.id, goal) === 0;

type WorkMessage = Extract<Received, { topic: 'taskReport' | 'belief' | 'finding' }>;

const hearWork = (mind: Mind, received: WorkMessage, nowMs: number): void => {
  const { goal } = mind;
  if (goal === null || compareGoalIds(received.payload.goal, goal.id) > 0) {
    if (mind.pending.length < MAX_PENDING) mind.pending.push(received);
    return;
  }
  if (!serves(mind, received.payload.goal) || !isCredible(mind, goal, received, nowMs)) return;
  switch (received.topic) {
    case 'taskReport':
      noteReport(mind.book, received.payload);
      break;
    case 'belief':
      mergeBelief(mind.counts, received.author, received.payload.cells, (key) =>
        goal.grid.keys.has(key),
      );
      break;
    default:
      noteFinding(mind.findings, goal.grid, received.payload);
  }
};

const hearGoal = (mind: Mind, goal: Goal, receivedMs: number, nowMs: number): void => {
  const order = mind.goal === null ? 1 : compareGoalIds(goal.id, mind.goal.id);
  if (order === 0 && goal.cancelled && mind.goal !== null) mind.goal.cancelled = true;
  if (order > 0) beginGoal(mind, goal, Math.min(receivedMs, nowMs), nowMs);
};

/** The newest goal wins: all that served an older one is forgotten. */
const beginGoal = (mind: Mind, goal: Goal, receivedMs: number, nowMs: number): void => {
  const { sysid } = mind.options;
  const restored = restoredFor(mind.options.restored, goal.id, nowMs);
  const active = activate(goal, sysid, restored?.receivedMs ?? receivedMs);
  if (active === undefined) return;
  mind.goal = active;
  mind.counts = emptyLookCounts();
  mind.findings = new Map();
  mind.book = new Map();
  mind.auction = createAuction(sysid);
  mind.execution = null;
  mind.route = null;
  mind.holdAt = null;
  mind.over = restored?.over ?? '';
  mind.payloadSent = false;
  mind.durableDue = true;
  mind.phase = firstPhase(mind, restored?.phase);
  mind.phaseSinceMs = nowMs;
  letGo(mind.steering);
  forgetTurns(mind.members);
  mind.liars.clear();
  mind.doubtedMs.clear();
  const beaconOf = (author: number): Beacon | null => mind.members.get(author)?.beacon ?? null;
  beginAlibis(mind.alibis, active, beaconOf, { receivedMs, nowMs });
  if (restored !== undefined) {
    restoreCells(mind.counts, sysid, restored);
    mind.announced.beliefDue = true;
  }
  const { pending } = mind;
  mind.pending = [];
  for (const received of pending) hear(mind, received, nowMs);
};

const HOMEWARD: readonly MindPhase[] = ['home', 'turn', 'descend', 'land', 'out', 'done'];

/**
 * Where the story goes on: a mind that died on the way home does not turn back to work; a drone that
 * flies home under an older goal turns back for a newer one.
 */
const firstPhase = (mind: Mind, restored: MindPhase | undefined): MindPhase => {
  const airborne = isAirborneNow(mind.vehicle);
  if (restored !== undefined && HOMEWARD.includes(restored)) {
    return airborne && restored === 'done' ? 'out' : restored;
  }
  if (!airborne) return 'queue';
  const pilot = pilotPhaseOf(mind.vehicle);
  return pilot === 'returning' || pilot === 'landing' ? 'rejoin' : 'work';
};

/** A look counts only in the air, under a search goal and for one of its cells. */
const noteLook = (mind: Mind, look: Look): void => {
  const { goal } = mind;
  const key = cellKey(look.row, look.column);
  if (goal?.mission.search === undefined || !goal.grid.keys.has(key)) return;
  if (!isAirborneNow(mind.vehicle)) return;
  if (!addLook(mind.counts, mind.options.sysid, key, look.detected)) return;
  if (look.detected) noteDetection(mind.findings, key, look.northM, look.eastM);
  mind.announced.beliefDue = true;
  mind.durableDue = true;
};
