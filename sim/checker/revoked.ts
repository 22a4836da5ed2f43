import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** I10: nothing is taken in from a member that a roster which this drone knows has left out. */
export const checkRevoked = ({ revokedWords = [] }: SwarmTruth, report: Report): void => {
  for (const { sysid, author, topic } of revokedWords) {
    report([sysid], `took in ${topic} of ${author}, which is revoked`);
  }
};
