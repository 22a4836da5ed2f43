import { meanLoss, type RadioProfile } from '../radio/profile.ts';

/** A link that loses more than this in the long run is none to count on. */
const USABLE_LOSS = 0.5;

export type ProfileOf = (from: number, to: number) => RadioProfile | undefined;

const isUsable = (a: number, b: number, profileOf: ProfileOf): boolean =>
  [profileOf(a, b), profileOf(b, a)].every(
    (profile) => profile !== undefined && meanLoss(profile) <= USABLE_LOSS,
  );

/** Who can be reached from `origin` over links that are usable in both directions, `origin` itself left out. */
export const reachableFrom = (
  origin: number,
  members: readonly number[],
  profileOf: ProfileOf,
): Set<number> => {
  const reached = new Set([origin]);
  const frontier = [origin];
  for (let from = frontier.pop(); from !== undefined; from = frontier.pop()) {
    for (const to of members) {
      if (reached.has(to) || !isUsable(from, to, profileOf)) continue;
      reached.add(to);
      frontier.push(to);
    }
  }
  reached.delete(origin);
  return reached;
};
