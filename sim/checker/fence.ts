import { fenceMarginM } from '../world/fence.ts';
import type { DroneTruth, SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** PX4 flies the last setpoint on for this long after its companion died (COM_OF_LOSS_T). */
const OFFBOARD_LOSS_S = 1;
/** With this it then brakes, m/s² (MPC_ACC_HOR, MPC_ACC_UP_MAX and _DOWN_MAX are no smaller). */
const BRAKING_MPS2 = 3;

/** Where the drone comes to rest if its companion dies now. */
const restOf = ({ positionNed, velocityNed }: DroneTruth): [number, number, number] => {
  const { x, y, z } = velocityNed;
  const seconds = OFFBOARD_LOSS_S + Math.hypot(x, y, z) / (2 * BRAKING_MPS2);
  return [positionNed.x + x * seconds, positionNed.y + y * seconds, positionNed.z + z * seconds];
};

/**
 * I2: where a drone would come to rest lies inside the fence, while its agent flies it and knows where
 * it is. What PX4 flies by itself, and blindly, is not the agent's to keep in.
 */
export const checkFence = ({ drones, limits }: SwarmTruth, report: Report): void => {
  for (const drone of drones) {
    const { onGround, mode, armed, positionKnown, sysid } = drone;
    if (onGround || !armed || mode !== 'OFFBOARD' || !positionKnown) continue;
    const [north, east, down] = restOf(drone);
    const marginM = fenceMarginM(limits.fence, north, east, -down);
    if (marginM >= 0) continue;
    report([sysid], `would come to rest ${(-marginM).toFixed(2)} m outside the fence`);
  }
};
