import type { GoalId } from '../gossip/goal-id.ts';
import type { SafetyEnvelope } from '../gossip/safety-envelope.ts';
import { areaNed } from './ground.ts';
import type { Mission } from './mission.ts';

/** The limits of a mission in the form that the pilots enforce; `fleet` in any order. */
export const safetyEnvelopeOf = (
  mission: Mission,
  goalId: GoalId,
  fleet: readonly number[],
): SafetyEnvelope => ({
  goalId,
  origin: mission.origin,
  fenceNed: [...areaNed(mission.origin, mission.fence.polygon).outline],
  minHeightM: mission.fence.minHeightM,
  maxHeightM: mission.fence.maxHeightM,
  minSeparationM: mission.minSeparationM,
  maxSpeedMps: mission.limits.maxSpeedMps,
  maxClimbMps: mission.limits.maxClimbMps,
  maxDescentMps: mission.limits.maxDescentMps,
  maxAccelerationMps2: mission.limits.maxAccelerationMps2,
  batteryReserve: mission.battery.reserve,
  rtlBaseHeightM: mission.rtl.baseHeightM,
  rtlLayerM: mission.rtl.layerM,
  lostLinkS: mission.lostLink.afterS,
  lostLinkAction: mission.lostLink.action,
  fleet: [...fleet].sort((a, b) => a - b),
});
