import type { ActiveGoal } from '../mission/active-goal.ts';
import { isAirborne, type Members } from '../swarm/members.ts';

/** Three beacons, or a dozen intents: by then a promise has run out, and a guard's ball is as wide as it gets. */
const UNHEARD_MS = 3000;
/** From the end of a lost link's time until the last of those that came home for it stand on the ground. */
const HOMECOMING_MS = 120_000;

/**
 * How much higher than the mission's height a drone flies its tasks for now, m, down counted negative.
 * Nobody knows where a member is that was in the air and has not been heard for seconds: two parts of a
 * mesh that is split would search the same strip through each other. Each drone then flies in the layer
 * of its own in which it would come home, until it hears all again, or whoever is silent must have
 * landed by the mission's own rule.
 */
export const layerLiftM = (
  goal: ActiveGoal,
  members: Members,
  self: number,
  nowMs: number,
): number => {
  const { lostLink } = goal.mission;
  const landedMs =
    lostLink.action === 'hold' || lostLink.action === 'continue'
      ? Number.POSITIVE_INFINITY
      : 1000 * lostLink.afterS + HOMECOMING_MS;
  for (const { member, heardMs, beacon } of members.values()) {
    if (member === self || beacon === null || !isAirborne(beacon)) continue;
    const silentMs = nowMs - heardMs;
    if (silentMs > UNHEARD_MS && silentMs < landedMs && goal.fleet.includes(member)) {
      return goal.returnHeightM - goal.terrain.heightM;
    }
  }
  return 0;
};
