import type { FlightPhase } from '#protocols/flight-phase.ts';

import { ACTIVITY, isAlive, type MemberView, type Members } from '../swarm/members.ts';

/** Time for the others' beacons to arrive before silence means absence. */
const GATHER_MS = 6000;
/** A member that does not use its turn for so long is passed over. */
const SKIP_AFTER_MS = 10_000;

const UNFIT: readonly FlightPhase[] = ['returning', 'landing', 'landed', 'yielded', 'failsafe'];

/** Two that arrive together must have heard each other before one goes down. */
const HEAR_MS = 700;

export interface TurnFacts {
  /** All drones of the goal, ascending sysid. */
  fleet: readonly number[];
  self: number;
  members: Members;
  /** When this turn-taking began for this drone, monotonic ms. */
  sinceMs: number;
  nowMs: number;
  intervalMs: number;
}

/**
 * Taking off in turn without a leader: everybody goes after all smaller members have gone or are out of
 * it, one interval after the last departure heard of. Homes lie apart, so two that go at once because
 * they had not heard each other are no danger, only untidy.
 */
export const isTakeoffDue = (facts: TurnFacts): boolean => {
  const { fleet, self, members, sinceMs, nowMs, intervalMs } = facts;
  let turnMs = sinceMs;
  for (const member of fleet) {
    if (member >= self) break;
    const view = members.get(member);
    if (view?.departedMs != null) {
      turnMs = Math.max(turnMs, view.departedMs);
      continue;
    }
    if (isOut(facts, member, view)) continue;
    if (nowMs - turnMs <= SKIP_AFTER_MS + intervalMs) return false;
    turnMs += SKIP_AFTER_MS + intervalMs;
  }
  return nowMs >= lastOf(facts, (view) => view.departedMs) + intervalMs;
};

const isOut = (facts: TurnFacts, member: number, view: MemberView | undefined): boolean => {
  if (!isAlive(facts.members, member, facts.nowMs)) return facts.nowMs - facts.sinceMs > GATHER_MS;
  return view?.beacon != null && UNFIT.includes(view.beacon.phase);
};

/** Latest of the others' departures or descents; −Infinity before the first. */
const lastOf = (facts: TurnFacts, momentOf: (view: MemberView) => number | null): number => {
  let last = -Infinity;
  for (const member of facts.fleet) {
    const view = member === facts.self ? undefined : facts.members.get(member);
    if (view !== undefined) last = Math.max(last, momentOf(view) ?? -Infinity);
  }
  return last;
};

/**
 * Landing in turn: of those that wait above their homes the smallest sysid goes first, one interval
 * after the last descent heard of, so that no two neighbours go down side by side.
 */
export const isLandingDue = (facts: TurnFacts): boolean => {
  const { fleet, self, members, nowMs, intervalMs } = facts;
  const lastDescentMs = lastOf(facts, (view) => view.descendedMs);
  if (nowMs < Math.max(lastDescentMs + intervalMs, facts.sinceMs + HEAR_MS)) return false;
  return !fleet.some((member) => {
    const view = members.get(member);
    if (member >= self || view?.beacon?.task !== ACTIVITY.turn) return false;
    const turnMs = Math.max(view.activitySinceMs, facts.sinceMs, lastDescentMs);
    return isAlive(members, member, nowMs) && nowMs - turnMs <= SKIP_AFTER_MS;
  });
};
