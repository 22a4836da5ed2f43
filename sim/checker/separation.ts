import type { DroneTruth, SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** Motors off above the ground: it falls, and nobody steers it any more. */
const falls = ({ armed, onGround }: DroneTruth): boolean => !armed && !onGround;

/** I1: two drones in the air are never nearer to each other than the mission's minimum separation. */
export const checkSeparation = ({ drones, limits }: SwarmTruth, report: Report): void => {
  for (const [index, a] of drones.entries()) {
    if (a.onGround || falls(a)) continue;
    for (const b of drones.slice(index + 1)) {
      if (b.onGround || falls(b)) continue;
      const distanceM = Math.hypot(
        a.positionNed.x - b.positionNed.x,
        a.positionNed.y - b.positionNed.y,
        a.positionNed.z - b.positionNed.z,
      );
      if (distanceM >= limits.minSeparationM) continue;
      report(
        [a.sysid, b.sysid],
        `${distanceM.toFixed(2)} m apart, ${limits.minSeparationM} m are the least (${a.mode}, ${b.mode})`,
      );
    }
  }
};
