import type { PayloadByTopic } from '#protocols/channel/mesh-messages.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { safetyEnvelopeOf } from '#protocols/mission/safety.ts';

const square = (halfDeg: number): Mission['area'] => ({
  type: 'Polygon',
  coordinates: [
    [
      [8.5 - halfDeg, 47.4 - halfDeg],
      [8.5 + halfDeg, 47.4 - halfDeg],
      [8.5 + halfDeg, 47.4 + halfDeg],
      [8.5 - halfDeg, 47.4 + halfDeg],
      [8.5 - halfDeg, 47.4 - halfDeg],
    ],
  ],
});

/** A small search near Zurich, as an operator would start it. */
export const storyMission: Mission = {
  skein: 1,
  name: 'search of a meadow',
  kind: 'search',
  origin: { latDeg: 47.4, lonDeg: 8.5, altAmslM: 430 },
  area: square(0.001),
  fence: { polygon: square(0.002), minHeightM: 3, maxHeightM: 60 },
  rallyPoints: [{ latDeg: 47.4, lonDeg: 8.5 }],
  obstacles: [],
  heightM: 20,
  cruiseSpeedMps: 8,
  minSeparationM: 5,
  search: {
    cellM: 20,
    footprintRadiusM: 12,
    pDetect: 0.9,
    pFalse: 0.01,
    expectedTargets: 2,
    declareAt: 0.9,
    dismissAt: 0.05,
    searchedFraction: 0.95,
  },
  limits: { maxSpeedMps: 10, maxClimbMps: 3, maxDescentMps: 2, maxAccelerationMps2: 4 },
  takeoff: { heightM: 20, intervalS: 3 },
  landing: { intervalS: 5 },
  rtl: { baseHeightM: 30, layerM: 5 },
  battery: { reserve: 0.25 },
  lostLink: { afterS: 60, action: 'rtl' },
  lostPosition: { afterS: 5, action: 'land' },
  timeLimitS: 600,
};

export const storySafety = (id: GoalId, fleet: number[] = [1, 2, 3]): PayloadByTopic['safety'] =>
  safetyEnvelopeOf(storyMission, id, fleet);

export const storyGoal = (id: GoalId, safety: Uint8Array): PayloadByTopic['goal'] => ({
  id,
  expiresAfterS: 120,
  cancelled: false,
  mission: storyMission,
  safety,
});
