import { attachSignature, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import type { Goal } from '#protocols/gossip/goal.ts';
import { encodeSafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { safetyEnvelopeOf } from '#protocols/mission/safety.ts';
import { vector3 } from '#protocols/vector.ts';

export const ORIGIN: Origin = { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 };

type Ring = readonly (readonly [northM: number, eastM: number])[];

const polygon = (...rings: Ring[]): Mission['area'] => ({
  type: 'Polygon',
  coordinates: rings.map((ring) =>
    [...ring, ring[0]!].map(([northM, eastM]) => {
      const { latDeg, lonDeg } = geodeticFromNed(ORIGIN, vector3(northM, eastM, 0));
      return [lonDeg, latDeg];
    }),
  ),
});

const rectangle = (south: number, west: number, north: number, east: number): Ring => [
  [south, west],
  [south, east],
  [north, east],
  [north, west],
];

/** A search of a rectangle north of the homes, `heightM` × `widthM`, optionally with a hole. */
export const searchMission = (
  heightM: number,
  widthM: number,
  changes: Partial<Mission> = {},
  hole?: Ring,
): Mission => ({
  skein: 1,
  name: 'meadow',
  kind: 'search',
  origin: ORIGIN,
  area: polygon(
    rectangle(25, -widthM / 2, 25 + heightM, widthM / 2),
    ...(hole === undefined ? [] : [hole]),
  ),
  fence: {
    polygon: polygon(rectangle(-60, -widthM / 2 - 80, heightM + 80, widthM / 2 + 80)),
    minHeightM: -3,
    maxHeightM: 60,
  },
  rallyPoints: [],
  obstacles: [],
  heightM: 20,
  cruiseSpeedMps: 8,
  minSeparationM: 4,
  search: {
    cellM: 25,
    footprintRadiusM: 14,
    pDetect: 0.9,
    pFalse: 0.01,
    expectedTargets: 3,
    declareAt: 0.95,
    dismissAt: 0.1,
    searchedFraction: 0.98,
  },
  limits: { maxSpeedMps: 10, maxClimbMps: 4, maxDescentMps: 3, maxAccelerationMps2: 5 },
  takeoff: { heightM: 8, intervalS: 3 },
  landing: { intervalS: 3 },
  rtl: { baseHeightM: 22, layerM: 5 },
  battery: { reserve: 0.2 },
  lostLink: { afterS: 120, action: 'rtl' },
  lostPosition: { afterS: 5, action: 'land' },
  timeLimitS: 600,
  ...changes,
});

export const STATION = 1000;

/** A goal as the mesh hands it on; the safety envelope's signature is for pilots, who are not here. */
export const goalOf = (mission: Mission, fleet: number[], sequence = 1): Goal => {
  const id = { issuer: STATION, epoch: 1, sequence };
  const unsigned = encodeUnsigned(
    {
      topic: 'safety',
      author: STATION,
      rosterEpoch: 1,
      bootEpoch: 1,
      sequence: 1,
      sentMs: 0,
    },
    encodeSafetyEnvelope(safetyEnvelopeOf(mission, id, fleet)),
  );
  return {
    id,
    expiresAfterS: 120,
    cancelled: false,
    mission,
    safety: attachSignature(unsigned, new Uint8Array(64)),
  };
};
