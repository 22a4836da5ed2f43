import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** I13: no table and no queue of an agent is larger than its cap. */
export const checkSizes = ({ agents = [] }: SwarmTruth, report: Report): void => {
  for (const { sysid, sizes } of agents) {
    for (const { name, size, cap } of sizes) {
      if (size > cap) report([sysid], `${name}: ${size} of at most ${cap}`);
    }
  }
};
