import type { GeoPolygon, Mission } from '#protocols/mission/mission.ts';

/** Drones that the mission's own area is meant for. */
const MEANT_FOR = 10;

/**
 * The mission for more drones than it is meant for, as dense with drones as it was: area and fence
 * grow about the origin. Drones take off as soon as they have heard that their turn has come: a pause
 * between two would make the way up longer than the flight. All fly home at one height.
 */
export const largeMission = (mission: Mission, drones: number): Mission => {
  const scale = Math.sqrt(Math.max(1, drones / MEANT_FOR));
  const { lonDeg, latDeg } = mission.origin;
  const grown = ({ type, coordinates }: GeoPolygon): GeoPolygon => ({
    type,
    coordinates: coordinates.map((ring) =>
      ring.map(([lon, lat]) => [lonDeg + scale * (lon - lonDeg), latDeg + scale * (lat - latDeg)]),
    ),
  });
  return {
    ...mission,
    area: grown(mission.area),
    fence: { ...mission.fence, polygon: grown(mission.fence.polygon) },
    takeoff: { ...mission.takeoff, intervalS: 0 },
    rtl: { ...mission.rtl, layerM: 0 },
  };
};
