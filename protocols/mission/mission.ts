import * as z from 'zod';

import { LOST_LINK_ACTIONS } from '../gossip/safety-envelope.ts';

/** GeoJSON order: longitude, latitude, degrees WGS-84 (RFC 7946). */
const lonLat = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

/** A ring is closed: its last position repeats the first (RFC 7946 §3.1.6). */
const ring = z.array(lonLat).min(4).max(257);

/** GeoJSON Polygon: the first ring is the outline, the others are holes. */
export const polygonSchema = z.strictObject({
  type: z.literal('Polygon'),
  coordinates: z.array(ring).min(1).max(16),
});

export type GeoPolygon = z.infer<typeof polygonSchema>;

export const placeSchema = z.strictObject({
  latDeg: z.number().min(-90).max(90),
  lonDeg: z.number().min(-180).max(180),
});

export const missionObstacleSchema = z.strictObject({
  name: z.string().min(1).max(40),
  ...placeSchema.shape,
  /** A vertical cylinder that stands on the ground. */
  radiusM: z.number().positive().max(200),
  heightM: z.number().positive().max(500),
});

export const goalPlaceSchema = z.strictObject({
  sysid: z.int().min(1).max(250),
  ...placeSchema.shape,
});

const searchSchema = z.strictObject({
  /** Side of a square cell of the probability map, m. */
  cellM: z.number().min(5).max(100),
  /** Half the width of ground that one pass of the camera covers at the mission's height, m. */
  footprintRadiusM: z.number().min(2).max(100),
  /** Probability that one look over a cell detects a target that is there. */
  pDetect: z.number().gt(0.5).lt(1),
  /** Probability that one look over an empty cell reports a detection. */
  pFalse: z.number().gt(0).lt(0.5),
  /** Targets expected in the whole area before anyone looked. */
  expectedTargets: z.number().positive().max(1000),
  /** Posterior at which a cell is declared to hold a target; needs a second look. */
  declareAt: z.number().gt(0.5).lt(1),
  /** Posterior below which a suspicious cell is dismissed. */
  dismissAt: z.number().gt(0).lt(0.5),
  /**
   * The search ends when this share of cells has been looked at and no suspicion is open. Lanes that are
   * being flown then are flown to their end.
   */
  searchedFraction: z.number().gt(0).max(1),
});

/**
 * A mission order: units by name; heights are metres above the origin (the ground at home).
 * The same document is written in a mission file, carried by a goal and derived into tasks by
 * every agent alike.
 */
export const missionSchema = z.strictObject({
  skein: z.literal(1),
  name: z.string().min(1).max(64),
  kind: z.enum(['search', 'goto']),
  origin: z.strictObject({ ...placeSchema.shape, altAmslM: z.number().min(-500).max(9000) }),
  area: polygonSchema,
  fence: z.strictObject({
    polygon: polygonSchema,
    minHeightM: z.number().min(-50).max(500),
    maxHeightM: z.number().min(1).max(500),
  }),
  rallyPoints: z.array(placeSchema).max(16),
  obstacles: z.array(missionObstacleSchema).max(256),
  /** Height at which the mission is flown. */
  heightM: z.number().min(2).max(500),
  cruiseSpeedMps: z.number().min(0.5).max(25),
  minSeparationM: z.number().min(0.2).max(100),
  search: searchSchema.optional(),
  /** Waypoints of a goto mission, flown in order by every drone in its own lane. */
  waypoints: z.array(placeSchema).max(64).optional(),
  /**
   * Where each drone of a goto mission ends, by sysid: its way leads over the waypoints, if there are any,
   * in its own lane, and then straight there. Who is not named ends with the waypoints.
   */
  goals: z.array(goalPlaceSchema).max(250).optional(),
  limits: z.strictObject({
    maxSpeedMps: z.number().min(0.5).max(25),
    maxClimbMps: z.number().min(0.2).max(10),
    maxDescentMps: z.number().min(0.2).max(10),
    /** Braking is never counted on beyond what PX4 does, however much is allowed here. */
    maxAccelerationMps2: z.number().min(0.5).max(40),
  }),
  takeoff: z.strictObject({
    heightM: z.number().min(2).max(100),
    /** Seconds between the take-offs of two drones. */
    intervalS: z.number().min(0).max(120),
  }),
  /** Seconds between the landings of two drones. */
  landing: z.strictObject({ intervalS: z.number().min(0).max(120) }),
  rtl: z.strictObject({
    baseHeightM: z.number().min(2).max(500),
    layerM: z.number().min(0).max(50),
  }),
  battery: z.strictObject({ reserve: z.number().min(0.05).max(0.9) }),
  lostLink: z.strictObject({
    afterS: z.number().min(1).max(86_400),
    action: z.enum(LOST_LINK_ACTIONS),
  }),
  lostPosition: z.strictObject({ afterS: z.number().min(0.5).max(60), action: z.literal('land') }),
  timeLimitS: z.number().min(10).max(86_400),
});

export type Mission = z.infer<typeof missionSchema>;
