import { z } from 'zod';

import { batterySchema, physicsSchema, vehicleSchema } from '../scenario.ts';

const metres = z.number().min(-100_000).max(100_000);
const centre = { northM: metres.default(0), eastM: metres.default(0) };
const spacingM = z.number().positive().max(1000);

/** Where drones stand at boot, by ascending sysid. */
export const homesSchema = z.discriminatedUnion('kind', [
  /** From west to east. */
  z.strictObject({ kind: z.literal('row'), ...centre, spacingM }),
  /** Rows from west to east, the first in the south. */
  z.strictObject({
    kind: z.literal('grid'),
    ...centre,
    spacingM,
    columns: z.int().min(1).max(250),
  }),
  /** Evenly around, clockwise from `fromDeg` (0: north). */
  z.strictObject({
    kind: z.literal('circle'),
    ...centre,
    radiusM: z.number().positive().max(10_000),
    fromDeg: z.number().min(-360).max(360).default(0),
  }),
  /** One for each: [north, east]. */
  z.strictObject({
    kind: z.literal('places'),
    placesM: z
      .array(z.tuple([metres, metres]))
      .min(1)
      .max(250),
  }),
]);

export type Homes = z.infer<typeof homesSchema>;

const traits = {
  /** PX4 parameters by name, over those that the pre-flight check would set for the mission. */
  parameters: vehicleSchema.shape.parameters,
  physics: physicsSchema.default({}),
  battery: batterySchema.default({}),
};

/** Either `count` with `homes`, alike but for `mixed`; or every vehicle by itself in `vehicles`. */
export const fleetPartSchema = z.strictObject({
  /** Which PX4 the stand-ins are like. */
  profile: z.enum(['1.15', '1.18']).default('1.18'),
  rebootsOnCommand: z.boolean().default(true),
  /** Set what the pre-flight check asks of PX4 under this mission. */
  safeParameters: z.boolean().default(true),
  /** Stream rates by message id that differ from PX4's, Hz. */
  rates: z.record(z.string().regex(/^\d+$/), z.number().min(0).max(250)).default({}),
  ...traits,
  count: z.int().min(1).max(250).optional(),
  homes: homesSchema.optional(),
  /** Some that differ from the others; later ones win. */
  mixed: z
    .array(
      z.strictObject({
        sysids: z.array(z.int().min(1).max(250)).min(1).max(250),
        yawDeg: vehicleSchema.shape.yawDeg.optional(),
        ...traits,
      }),
    )
    .max(250)
    .default([]),
  vehicles: z.array(vehicleSchema).min(1).max(250).optional(),
});
