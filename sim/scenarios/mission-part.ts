import { z } from 'zod';

import { geodeticFromNed, type LatLon, type Origin } from '#protocols/frames.ts';
import {
  goalPlaceSchema,
  missionObstacleSchema,
  missionSchema,
  placeSchema,
  polygonSchema,
  type GeoPolygon,
  type Mission,
} from '#protocols/mission/mission.ts';

const metres = z.number().min(-100_000).max(100_000);
const metricShape = { northM: metres, eastM: metres };

/** Corners as [north, east], m from the origin, in order, not closed. */
const metricPolygonSchema = z.strictObject({
  cornersM: z
    .array(z.tuple([metres, metres]))
    .min(3)
    .max(256),
});

const geoOrMetric = z.union([placeSchema, z.strictObject(metricShape)]);
const polygon = z.union([polygonSchema, metricPolygonSchema]);
const { latDeg: _lat, lonDeg: _lon, ...obstacleShape } = missionObstacleSchema.shape;
const { latDeg: _goalLat, lonDeg: _goalLon, ...goalShape } = goalPlaceSchema.shape;

/**
 * A mission as a scenario file may write it: as a mission file does, but that places and polygons may be
 * given in metres north and east of the origin. Comes out as a mission.
 */
export const missionPartSchema = missionSchema
  .extend({
    area: polygon,
    fence: missionSchema.shape.fence.extend({ polygon }),
    rallyPoints: z.array(geoOrMetric).max(16),
    obstacles: z
      .array(z.union([missionObstacleSchema, z.strictObject({ ...obstacleShape, ...metricShape })]))
      .max(256),
    waypoints: z.array(geoOrMetric).max(64).optional(),
    goals: z
      .array(z.union([goalPlaceSchema, z.strictObject({ ...goalShape, ...metricShape })]))
      .max(250)
      .optional(),
  })
  .transform((part): Mission => {
    const { origin, waypoints, goals, area, fence, rallyPoints, obstacles, ...others } = part;
    const geo = (one: LatLon | Metric) => geoOf(origin, one);
    // Parsed once more for the order of its fields: a signed goal is bytes.
    return missionSchema.parse({
      ...others,
      origin,
      area: polygonOf(origin, area),
      fence: { ...fence, polygon: polygonOf(origin, fence.polygon) },
      rallyPoints: rallyPoints.map(geo),
      obstacles: obstacles.map(geo),
      ...(waypoints === undefined ? {} : { waypoints: waypoints.map(geo) }),
      ...(goals === undefined ? {} : { goals: goals.map(geo) }),
    });
  });

interface Metric {
  northM: number;
  eastM: number;
}

/** The other fields of `place` stay as they are. */
const geoOf = (origin: Origin, place: LatLon | Metric): LatLon => {
  if (!('northM' in place)) return place;
  const { northM, eastM, ...others } = place;
  const { latDeg, lonDeg } = geodeticFromNed(origin, { x: northM, y: eastM, z: 0 });
  return { ...others, latDeg, lonDeg };
};

const polygonOf = (
  origin: Origin,
  given: GeoPolygon | z.infer<typeof metricPolygonSchema>,
): GeoPolygon => {
  if (!('cornersM' in given)) return given;
  const corners = [...given.cornersM, given.cornersM[0]!];
  return {
    type: 'Polygon',
    coordinates: [
      corners.map(([x, y]) => {
        const { latDeg, lonDeg } = geodeticFromNed(origin, { x, y, z: 0 });
        return [lonDeg, latDeg];
      }),
    ],
  };
};
