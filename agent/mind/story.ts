import type { GoalId } from '#protocols/gossip/goal-id.ts';
import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import { horizontalDistance, type Vector3 } from '#protocols/vector.ts';

import { letGo } from './flight/steering.ts';
import { isAirborneNow, pilotPhaseOf, sampleOf } from './flight/vehicle.ts';
import type { ActiveGoal } from './mission/active-goal.ts';
import { cellKey } from './mission/grid.ts';
import { isSteering, nextPhase, type MindPhase, type PhaseFacts } from './mission/phase.ts';
import { isFlown } from './mission/route-progress.ts';
import { isLandingDue, isTakeoffDue, type TurnFacts } from './mission/turns.ts';
import type { Mind } from './state.ts';
import { hasEyes } from './swarm/standing.ts';
import type { WorkView } from './work.ts';

/** Above its home a drone hands over to PX4's landing at this height, m. */
export const GATE_HEIGHT_M = 4;
const GATE_MARGIN_M = 0.7;
/** Over its home within this, m. */
const OVER_HOME_M = 2.5;
const AT_HEIGHT_M = 2;
/** Battery left above the mission's reserve with which a drone sets out for home by itself. */
const WAY_HOME = 0.05;
/** A drone in the air whose camera stays silent so long goes home. */
const BLIND_MS = 25_000;

const COMPLETE = 'search complete';

/** Moves the story on and says whether it moved. */
export const tellStory = (
  mind: Mind,
  goal: ActiveGoal,
  work: WorkView | undefined,
  nowMs: number,
): boolean => {
  const facts = factsOf(mind, goal, work, nowMs);
  const next = nextPhase(mind.phase, facts);
  // Once on the way home the reason stands, whatever the camera sees on the way.
  if (isBeforeHome(mind.phase)) mind.over = facts.over;
  if (next === mind.phase) return false;
  enter(mind, next, nowMs);
  return true;
};

const isBeforeHome = (phase: MindPhase): boolean =>
  phase === 'queue' || phase === 'climb' || phase === 'rejoin' || phase === 'work';

const enter = (mind: Mind, phase: MindPhase, nowMs: number): void => {
  mind.phase = phase;
  mind.phaseSinceMs = nowMs;
  mind.route = null;
  mind.holdAt = null;
  mind.durableDue = true;
  if (!isSteering(phase)) letGo(mind.steering);
};

const factsOf = (
  mind: Mind,
  goal: ActiveGoal,
  work: WorkView | undefined,
  nowMs: number,
): PhaseFacts => {
  const { vehicle, options } = mind;
  const turn: TurnFacts = {
    fleet: goal.fleet,
    self: options.sysid,
    members: mind.members,
    sinceMs: mind.phaseSinceMs,
    nowMs,
    intervalMs: 1000 * goal.mission.takeoff.intervalS,
  };
  const landing = { ...turn, intervalMs: 1000 * goal.mission.landing.intervalS };
  const ready = goal.mission.kind !== 'search' || hasEyes(mind, nowMs);
  return {
    pilot: pilotPhaseOf(vehicle),
    airborne: isAirborneNow(vehicle),
    latched: isLatched(mind, goal.id),
    takeoffDue: mind.phase === 'queue' && ready && isTakeoffDue(turn),
    landingDue: mind.phase === 'turn' && isLandingDue(landing),
    over: overReason(mind, goal, work, nowMs),
    suspects: mind.over === COMPLETE && work !== undefined && hasOwnSuspicion(mind, work),
    ...placeFacts(mind, goal),
  };
};

/** One drone turns back for what was seen on the way home: the one that saw it. */
const hasOwnSuspicion = (mind: Mind, work: WorkView): boolean => {
  const own = mind.counts.byAuthor.get(mind.options.sysid);
  return [...work.tasks.values()].some(
    ({ kind, cells }) =>
      kind === 'confirm' &&
      cells.some(({ row, column }) => (own?.get(cellKey(row, column))?.detections ?? 0) > 0),
  );
};

/** Only the pilot's word about this very goal counts: its last status may be older than the goal. */
const isLatched = (mind: Mind, goal: GoalId): boolean => {
  const values = mind.vehicle.status?.values;
  if (values?.latched !== 1) return false;
  const { goalIssuer: issuer, goalEpoch: epoch, goalSequence: sequence } = values;
  return compareGoalIds({ issuer, epoch, sequence }, goal) === 0;
};

const overReason = (
  mind: Mind,
  goal: ActiveGoal,
  work: WorkView | undefined,
  nowMs: number,
): string => {
  const ageMs = nowMs - goal.receivedMs;
  const battery = mind.vehicle.status?.values.batteryRemaining ?? Number.NaN;
  if (goal.cancelled) return 'goal cancelled';
  if (work?.complete === true) return COMPLETE;
  if (mind.phase === 'work' && mind.route !== null && isFlown(mind.route)) return 'route flown';
  if (ageMs >= 1000 * goal.mission.timeLimitS) return 'time limit';
  if (mind.phase === 'queue' && ageMs >= goal.expiresAfterMs) return 'goal expired';
  if (battery < goal.mission.battery.reserve + WAY_HOME) return 'battery low';
  const blindMs = nowMs - Math.max(mind.payloadMs, mind.phaseSinceMs);
  const isBlind = work !== undefined && mind.phase === 'work' && blindMs >= BLIND_MS;
  return isBlind ? 'detector silent' : '';
};

/** This drone's home; where it is now when the autopilot never said. */
export const homeOf = (mind: Mind): Vector3 | undefined =>
  mind.vehicle.home ?? sampleOf(mind.vehicle.status)?.positionNed;

const placeFacts = (mind: Mind, goal: ActiveGoal): { aboveHome: boolean; atGate: boolean } => {
  const home = homeOf(mind);
  const position = sampleOf(mind.vehicle.status)?.positionNed;
  if (home === undefined || position === undefined) return { aboveHome: false, atGate: false };
  const isOver = horizontalDistance(home, position) <= OVER_HOME_M;
  const heightM = home.z - position.z;
  return {
    aboveHome: isOver && Math.abs(heightM - goal.returnHeightM) <= AT_HEIGHT_M,
    atGate: isOver && heightM <= GATE_HEIGHT_M + GATE_MARGIN_M,
  };
};
