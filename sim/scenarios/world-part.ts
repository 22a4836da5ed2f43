import { z } from 'zod';

import {
  boxSchema,
  cylinderSchema,
  fenceSchema,
  MAX_OBSTACLES,
  noGnssZoneSchema,
  windFieldSchema,
  windSchema,
} from '../scenario.ts';

const metres = z.number().min(-100_000).max(100_000);
const seed = z.int().min(-2_147_483_648).max(2_147_483_647);
const span = z.strictObject({
  least: z.number().positive().max(200),
  most: z.number().positive().max(200),
});

/** Trees by chance over a rectangle with sides north–south and east–west about its centre. */
export const forestSchema = z.strictObject({
  kind: z.literal('forest'),
  northM: metres,
  eastM: metres,
  lengthNorthM: z.number().positive().max(10_000),
  lengthEastM: z.number().positive().max(10_000),
  /** One of the two: how many, or how many on a square metre. */
  count: z.int().min(1).max(MAX_OBSTACLES).optional(),
  densityPerM2: z.number().positive().max(10).optional(),
  /** Of a trunk; drawn evenly where it is a span. */
  radiusM: z.union([z.number().positive().max(200), span]),
  heightM: z.number().positive().max(500),
  /** From bark to bark, at the least, to whatever else stands too. */
  minGapM: z.number().min(0).max(100).default(0),
  /** From bark to a home or a goal, at the least. */
  clearM: z.number().min(0).max(100).default(1),
  /** The file's own, if it is left out. */
  seed: seed.optional(),
});

export type Forest = z.infer<typeof forestSchema>;

const target = z.strictObject({ northM: metres, eastM: metres });

/** What is true of the world, whether the swarm knows it or not. */
export const worldPartSchema = z.strictObject({
  /** Seeds wind, noise and hidden targets; the file's own, if it is left out. */
  seed: seed.optional(),
  /** Whether the obstacles that the mission knows truly stand there. */
  missionObstacles: z.boolean().default(true),
  /** What stands there beside, unknown to the swarm until it is sensed. */
  obstacles: z
    .array(z.discriminatedUnion('kind', [cylinderSchema, boxSchema, forestSchema]))
    .max(MAX_OBSTACLES)
    .default([]),
  wind: windSchema.default({}),
  windField: windFieldSchema.optional(),
  noGnssZones: z.array(noGnssZoneSchema).max(100).default([]),
  /** Whoever receives in one receives as profile P4 says. */
  jammedZones: z
    .array(
      z.strictObject({
        northM: metres,
        eastM: metres,
        radiusM: z.number().positive().max(100_000),
      }),
    )
    .max(100)
    .default([]),
  /** Hidden: how many, somewhere in the mission's area, or where. */
  targets: z.union([z.int().min(0).max(1000), z.array(target).max(1000)]).default(0),
  /** Of one look of a camera; the mission's own figures, if they are left out. */
  pDetect: z.number().min(0).max(1).optional(),
  pFalse: z.number().min(0).max(1).optional(),
  /** The mission's own, if it is left out. */
  fence: fenceSchema.optional(),
});
