import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** Less than this is an empty pack: the motors stop. */
const EMPTY = 0.005;

/** I12: no drone is in the air with nothing left to land with. */
export const checkEnergy = ({ drones }: SwarmTruth, report: Report): void => {
  for (const { sysid, onGround, batteryRemaining, mode } of drones) {
    if (onGround || batteryRemaining > EMPTY) continue;
    report([sysid], `in the air (${mode}) with ${(100 * batteryRemaining).toFixed(1)} % of charge`);
  }
};
