import type { Order } from '#protocols/channel/order.ts';
import type { Trajectory } from '#protocols/trajectory.ts';

import { activityOf, announce, announceIntent, progressPermille } from './announce.ts';
import { ownCells, type DurableState } from './durable.ts';
import type { SteeringFlag } from './flight/steering.ts';
import type { ActiveGoal } from './mission/active-goal.ts';
import { isSteering, orderKindOf } from './mission/phase.ts';
import { pilotPhaseOf } from './flight/vehicle.ts';
import type { PlanRequest } from './plan-port.ts';
import type { Mind, MindInbox, MindOutbox, PayloadConfiguration } from './state.ts';
import { steer } from './steer.ts';
import { tellStory } from './story.ts';
import { takeIn } from './take-in.ts';
import { doWork, viewWork, type WorkView } from './work.ts';

/** An order is repeated this often: a restarted pilot must hear it again. */
const ORDER_REPEAT_MS = 500;

/**
 * One tick of the mind: takes in what came, knows what is to be done, works, moves its story on,
 * steers, and tells the pilot and the others. Changes `mind` and nothing else, does no I/O: the same
 * inboxes and times from `createMind` on give the same outboxes. Called for every pilot status (10 Hz) and for every planner's answer,
 * which alone changes only what flies.
 */
export const mindTick = (mind: Mind, inbox: MindInbox, nowMs: number): MindOutbox => {
  mind.publish = [];
  return isAnswerAlone(inbox) && mind.goal !== null
    ? answerTick(mind, mind.goal, inbox, nowMs)
    : fullTick(mind, inbox, nowMs);
};

const isAnswerAlone = ({
  answer,
  status,
  ring,
  received,
  looks,
  payloadAlive,
}: MindInbox): boolean =>
  answer !== null &&
  status === null &&
  ring === null &&
  received.length === 0 &&
  looks.length === 0 &&
  !payloadAlive;

const answerTick = (mind: Mind, goal: ActiveGoal, inbox: MindInbox, nowMs: number): MindOutbox => {
  const flown = fly(mind, goal, workOf(mind, goal, nowMs), inbox, nowMs);
  announceIntent(mind, goal, nowMs);
  return {
    order: null,
    trajectory: flown.trajectory,
    publish: mind.publish,
    planRequest: flown.planRequest,
    payload: null,
    durable: null,
    note: { ...mind.note, flag: flown.flag },
  };
};

const fullTick = (mind: Mind, inbox: MindInbox, nowMs: number): MindOutbox => {
  takeIn(mind, inbox, nowMs);
  const { goal } = mind;
  const work = goal === null ? undefined : workOf(mind, goal, nowMs);
  let flown: Flown = { trajectory: null, planRequest: null, flag: '' };
  if (goal !== null) {
    tellStory(mind, goal, work, nowMs);
    if (work !== undefined) doWork(mind, goal, work, nowMs);
    flown = fly(mind, goal, work, inbox, nowMs);
  }
  announce(mind, work, nowMs);
  mind.note = {
    phase: mind.phase,
    task: activityOf(mind),
    over: mind.over,
    flag: flown.flag,
    progressPermille: progressPermille(mind, work),
  };
  return {
    order: orderNow(mind, nowMs),
    trajectory: flown.trajectory,
    publish: mind.publish,
    planRequest: flown.planRequest,
    payload: payloadNow(mind),
    durable: durableNow(mind),
    note: mind.note,
  };
};

const workOf = (mind: Mind, goal: ActiveGoal, nowMs: number): WorkView | undefined => {
  const { kind, search } = goal.mission;
  return kind === 'search' && search !== undefined
    ? viewWork(mind, goal, search, nowMs)
    : undefined;
};

interface Flown {
  trajectory: Trajectory | null;
  planRequest: PlanRequest | null;
  flag: SteeringFlag;
}

const fly = (
  mind: Mind,
  goal: ActiveGoal,
  work: WorkView | undefined,
  inbox: MindInbox,
  nowMs: number,
): Flown => {
  const pilot = pilotPhaseOf(mind.vehicle);
  const follows = pilot === 'offboard' || pilot === 'holding';
  if (!isSteering(mind.phase) || !follows) {
    return { trajectory: null, planRequest: null, flag: '' };
  }
  const steered = steer(mind, goal, work, inbox.answer, inbox.status !== null, nowMs);
  return { trajectory: steered.trajectory, planRequest: steered.request, flag: steered.flag };
};

/** The order in force: at once when it changes, then again and again. */
const orderNow = (mind: Mind, nowMs: number): Order | null => {
  const { announced, goal, vehicle } = mind;
  const kind = orderKindOf(mind.phase);
  if (goal === null || kind === undefined || vehicle.status === null) return null;
  const last = announced.order;
  const wanted = {
    kind,
    heightM: goal.mission.takeoff.heightM,
    goalEpoch: goal.id.epoch,
    goalSequence: goal.id.sequence,
    goalIssuer: goal.id.issuer,
  };
  const isSame =
    last !== null &&
    last.kind === kind &&
    last.goalEpoch === wanted.goalEpoch &&
    last.goalSequence === wanted.goalSequence &&
    last.goalIssuer === wanted.goalIssuer;
  if (isSame && nowMs - announced.orderMs < ORDER_REPEAT_MS) return null;
  // After a restart of the mind the pilot remembers how far orders had been counted.
  const heard = vehicle.status.values.orderNumber;
  const number = isSame ? last.number : Math.max(last?.number ?? 0, heard > 0 ? heard : 0) + 1;
  announced.order = { ...wanted, number };
  announced.orderMs = nowMs;
  return announced.order;
};

const payloadNow = (mind: Mind): PayloadConfiguration | null => {
  const search = mind.goal?.mission.search;
  if (mind.payloadSent || mind.goal === null || search === undefined) return null;
  mind.payloadSent = true;
  const { origin } = mind.goal.mission;
  return { origin, cellM: search.cellM, footprintRadiusM: search.footprintRadiusM };
};

const durableNow = (mind: Mind): DurableState | null => {
  const { goal } = mind;
  if (!mind.durableDue || goal === null) return null;
  mind.durableDue = false;
  return {
    version: 1,
    goal: goal.id,
    receivedMs: goal.receivedMs,
    phase: mind.phase,
    over: mind.over,
    cells: ownCells(mind.counts, mind.options.sysid),
  };
};
