import type { ActiveGoal } from '../mission/active-goal.ts';
import type { Mind } from '../state.ts';
import { isAirborne } from '../swarm/members.ts';

/** Three beacons, or a dozen intents: by then a promise has run out, and a guard's ball is as wide as it gets. */
const UNHEARD_MS = 3000;
/** From the end of a lost link's time until the last of those that came home for it stand on the ground. */
const HOMECOMING_MS = 120_000;

/**
 * How much higher than the mission's height a drone flies its tasks for now, m, down counted negative.
 * Nobody knows where a member is that was in the air and of which nothing is known that is younger than
 * seconds: two parts of a mesh that is split would search the same strip through each other, and so would
 * all on a channel so crowded that words are ten seconds on their way. Each drone then flies in the layer
 * of its own in which it would come home, until it hears all again, or whoever is silent must have
 * landed by the mission's own rule.
 */
export const layerLiftM = (
  { members, options, vehicle }: Pick<Mind, 'members' | 'options' | 'vehicle'>,
  goal: ActiveGoal,
  nowMs: number,
): number => {
  const { lostLink } = goal.mission;
  const landedMs =
    lostLink.action === 'hold' || lostLink.action === 'continue'
      ? Number.POSITIVE_INFINITY
      : 1000 * lostLink.afterS + HOMECOMING_MS;
  for (const { member, heardMs, toldMs, beacon } of members.values()) {
    const silentMs = nowMs - toldMs;
    // One that speaks, and is heard late only, may have taken off since it said that it stood.
    const isLate = nowMs - heardMs <= UNHEARD_MS && silentMs > UNHEARD_MS;
    if (member === options.sysid || beacon === null || !(isLate || isAirborne(beacon))) continue;
    if (silentMs > UNHEARD_MS && silentMs < landedMs && goal.fleet.includes(member)) {
      // Above its own home, as PX4 returns: what an altitude is wrong by stands in both, and falls out.
      return goal.returnHeightM - (vehicle.home?.z ?? 0) - goal.terrain.heightM;
    }
  }
  return 0;
};
