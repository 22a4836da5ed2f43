import type { PilotStatus } from '#protocols/channel/pilot-status.ts';
import type { Beacon } from '#protocols/gossip/beacon.ts';
import { FLIGHT_MODES } from '#protocols/mavlink/modes.ts';
import { PLAN_SOURCES } from '#protocols/trajectory.ts';
import { clamp } from '#protocols/units.ts';

import { auctionMessage, hasNews } from './allocate/auction.ts';
import { newFindings } from './belief/findings.ts';
import { beliefCells } from './belief/look-counts.ts';
import { consideredDigest, neighbourTubes } from './flight/neighbour-tubes.ts';
import { columnPromise, promiseOf } from './flight/promise.ts';
import { isAirborneNow, pilotPhaseOf, sampleOf } from './flight/vehicle.ts';
import type { ActiveGoal } from './mission/active-goal.ts';
import type { Mind } from './state.ts';
import { GATE_HEIGHT_M, homeOf } from './story.ts';
import { ACTIVITY, echoesOf } from './swarm/members.ts';
import { isHeld, isSelfWorking } from './swarm/standing.ts';
import { AUCTION_RULES, type WorkView } from './work.ts';

const BEACON_MS = 1000;
/** News goes out at once, but not faster than this, and again for a while in case it got lost. */
const BEACON_GAP_MS = 150;
const NEWS_AGAIN_MS = 300;
const NEWS_MS = 1000;
/**
 * As often as a small swarm on a free channel can use; where the channel has less room the mesh says less
 * of it (pace.ts): the newest of each.
 */
const INTENT_MS = 250;
const COLUMN_MS = 1000;
const BID_MS = 1000;
const BID_GAP_MS = 200;
const BELIEF_MS = 1000;
/** One round of bids lasts this long: rounds grow with the machine's clock, so a restart never counts back. */
const ROUND_MS = 50;

/** Puts what the others should know now into this tick's publications. */
export const announce = (mind: Mind, work: WorkView | undefined, nowMs: number): void => {
  const { goal } = mind;
  if (goal !== null) {
    announceIntent(mind, goal, nowMs);
    if (work !== undefined) {
      announceBid(mind, goal, nowMs);
      announceBelief(mind, goal, work, nowMs);
    }
  }
  announceBeacon(mind, work, nowMs);
};

/** What the drone is about, as its beacon names it. */
export const activityOf = (mind: Mind): string | null => {
  switch (mind.phase) {
    case 'queue':
      return ACTIVITY.queue;
    case 'climb':
    case 'rejoin':
      return ACTIVITY.climb;
    case 'home':
      return ACTIVITY.home;
    case 'turn':
      return ACTIVITY.turn;
    case 'descend':
      return ACTIVITY.descend;
    case 'land':
      return ACTIVITY.land;
    default:
      return mind.execution?.task.id ?? null;
  }
};

/** What it promises to fly, when that has changed and its turn has come. */
export const announceIntent = (mind: Mind, goal: ActiveGoal, nowMs: number): void => {
  const { announced, steering, vehicle } = mind;
  const sample = sampleOf(vehicle.status);
  if (sample === undefined) return;
  const stdM = clamp(vehicle.status?.values.positionStdM ?? 0, 0, 10) || 0;
  const { current } = steering;
  const sinceMs = nowMs - announced.intentMs;
  if (current !== null) {
    if (sinceMs < INTENT_MS || current.planId === announced.intentPlanId) return;
    const { maxSpeedMps } = goal.mission.limits;
    const tubes = neighbourTubes(
      mind.members,
      goal.mission.origin,
      sample.positionNed,
      maxSpeedMps,
      nowMs,
    );
    announced.intentPlanId = current.planId;
    const considered = consideredDigest(mind.members, tubes);
    mind.publish.push({ topic: 'intent', payload: promiseOf(goal.id, current, stdM, considered) });
  } else {
    const home = homeOf(mind);
    const isRising = mind.phase === 'climb';
    const isLanding = mind.phase === 'land' && isAirborneNow(vehicle);
    if (home === undefined || (!isRising && !isLanding) || sinceMs < COLUMN_MS) return;
    const topZ = home.z - (isRising ? goal.mission.takeoff.heightM : GATE_HEIGHT_M);
    const toZ = isRising ? topZ : home.z;
    const payload = columnPromise(goal.id, sample.positionNed, toZ, nowMs, stdM);
    mind.publish.push({ topic: 'intent', payload });
  }
  announced.intentMs = nowMs;
};

const announceBid = (mind: Mind, goal: ActiveGoal, nowMs: number): void => {
  const { announced, auction } = mind;
  const sinceMs = nowMs - announced.bidMs;
  if (sinceMs < BID_GAP_MS || isHeld(mind)) return;
  const isDue = isSelfWorking(mind, nowMs) && sinceMs >= BID_MS;
  if (!isDue && !hasNews(auction, AUCTION_RULES)) return;
  announced.bidMs = nowMs;
  const message = auctionMessage(
    auction,
    Math.max(auction.round + 1, Math.floor(nowMs / ROUND_MS)),
  );
  mind.publish.push({ topic: 'bid', payload: { goal: goal.id, ...message } });
};

const announceBelief = (mind: Mind, goal: ActiveGoal, work: WorkView, nowMs: number): void => {
  const { announced, counts, options } = mind;
  const { search, grid } = work.picture;
  const { origin } = goal.mission;
  const self = options.sysid;
  const facts = { goal: goal.id, origin, search, grid, counts, self, nowMs };
  for (const payload of newFindings(mind.findings, facts)) {
    mind.publish.push({ topic: 'finding', payload });
  }
  if (!announced.beliefDue || nowMs - announced.beliefMs < BELIEF_MS) return;
  announced.beliefDue = false;
  announced.beliefMs = nowMs;
  const cells = beliefCells(counts, options.sysid, announced.beliefTurn);
  announced.beliefTurn += 1;
  mind.publish.push({ topic: 'belief', payload: { goal: goal.id, cells } });
};

const announceBeacon = (mind: Mind, work: WorkView | undefined, nowMs: number): void => {
  const { announced, vehicle } = mind;
  const { status } = vehicle;
  if (status === null) return;
  const key = `${pilotPhaseOf(vehicle)} ${status.values.armed} ${activityOf(mind)} ${status.reason}`;
  const sinceMs = nowMs - announced.beaconMs;
  if (key !== announced.beaconKey) {
    if (sinceMs < BEACON_GAP_MS) return;
    announced.newsMs = nowMs;
  } else {
    const isRecent = nowMs - announced.newsMs < NEWS_MS;
    if (sinceMs < (isRecent ? NEWS_AGAIN_MS : BEACON_MS)) return;
  }
  announced.beaconMs = nowMs;
  announced.beaconKey = key;
  mind.publish.push({ topic: 'beacon', payload: beaconOf(mind, status, work) });
};

const INT32 = 2_147_483_647;

const whole = (value: number, low = -INT32, high = INT32): number =>
  Number.isFinite(value) ? Math.round(clamp(value, low, high)) : 0;

const beaconOf = (mind: Mind, status: PilotStatus, work: WorkView | undefined): Beacon => {
  const { values, reason } = status;
  const { goal, over } = mind;
  const source = PLAN_SOURCES[values.planSource];
  return {
    sysid: mind.options.sysid,
    phase: pilotPhaseOf(mind.vehicle),
    armed: values.armed === 1,
    mode: FLIGHT_MODES[values.mode] ?? '',
    latE7: whole(values.latDeg * 1e7),
    lonE7: whole(values.lonDeg * 1e7),
    altAmslCm: whole(values.altAmslM * 100),
    velocityCmps: [
      whole(values.velocityNorthMps * 100),
      whole(values.velocityEastMps * 100),
      whole(values.velocityDownMps * 100),
    ],
    positionStdCm: whole(values.positionStdM * 100, 0, 65_535),
    batteryPercent: whole(values.batteryRemaining * 100, 0, 100),
    goal: goal?.id ?? null,
    progressPermille: progressPermille(mind, work),
    task: activityOf(mind),
    taskDigest: goal?.digest ?? 0,
    directive: directiveOf(status),
    reason: (reason === '' ? over : reason).slice(0, 80),
    planSource: mind.steering.current === null || source === undefined ? 'none' : source,
    model: mind.steering.model.slice(0, 40),
    // The mesh process fills it in: it holds the recorder's signed heads.
    logHead: null,
    echoes: echoesOf(mind.members),
    // The mesh process knows them from the pilot itself.
    troubles: [],
  };
};

const directiveOf = (status: PilotStatus): Beacon['directive'] => {
  const { directiveIssuer: issuer, directiveNumber: number } = status.values;
  return issuer > 0 && number >= 0 ? [whole(issuer, 0, 65_535), whole(number, 0, INT32)] : null;
};

export const progressPermille = (mind: Mind, work: WorkView | undefined): number => {
  if (work !== undefined) return Math.floor(1000 * work.progress.fraction);
  const { route } = mind;
  if (mind.phase !== 'work') return mind.over === '' ? 0 : 1000;
  return route === null ? 0 : Math.floor((1000 * route.next) / Math.max(1, route.waypoints.length));
};
