import { z } from 'zod';

import { operatorOrderSchema } from '../episode/operator-order.ts';
import { faultListSchema } from '../faults/fault.ts';
import { RADIO_PROFILES, type ProfileName } from '../radio/profile.ts';
import { fleetPartSchema } from './fleet-part.ts';
import { missionPartSchema } from './mission-part.ts';
import { worldPartSchema } from './world-part.ts';

const rangeM = z.number().positive().max(1_000_000);
const share = z.number().min(0).max(1);

const radioPartSchema = z.strictObject({
  /** P0 without fault, P1 line of sight, P2 banking, P3 edge of range, P4 jammed. */
  base: z.enum(Object.keys(RADIO_PROFILES) as ProfileName[]).default('P1'),
  /** On top of the profile, every hop. */
  extraDelayMs: z.number().min(0).max(10_000).default(0),
  extraLoss: z.number().min(0).lt(1).default(0),
  /** Beyond `edgeM` a link is P3 at best, beyond `lostM` there is none. */
  edgeM: rangeM.default(2000),
  lostM: rangeM.default(3000),
});

/** Each that is given must be met; no invariant may be violated either way. */
const successPartSchema = z.strictObject({
  /** Nobody touches an obstacle, and no two in the air come nearer than this; the mission's separation, if left out. */
  collisionFree: z.strictObject({ separationM: z.number().min(0).max(100).optional() }).optional(),
  /** So many of the drones with a goal come within so much of it. */
  goalsReached: z
    .strictObject({ share: share.default(1), withinM: z.number().positive().max(100).default(1) })
    .optional(),
  /** Mean time from setting out to the goal, of those that reach it, at most, s. */
  meanTravelS: z.number().positive().max(86_400).optional(),
  /** Share of the hidden targets that the swarm reported, each in the cell that it lies in or beside. */
  targetsFound: share.optional(),
  /** Share of the area that some camera passed over. */
  coverage: share.optional(),
  /** All are home again, motors off. */
  allHome: z.boolean().optional(),
  /** From the operator's order until what is asked above (or, without any of it, the mission) is done, s. */
  withinS: z.number().positive().max(86_400).optional(),
});

/**
 * A scenario file: one episode of a whole swarm with its world, fleet, radio, faults, orders and what
 * counts as success. Metres north and east of the mission's origin, heights above it; times of faults and
 * orders are simulated ms since the start (the goal is given at 7000).
 */
export const scenarioDocumentSchema = z.strictObject({
  skein: z.literal(1),
  /** What it is called, in words for files too. */
  name: z.string().regex(/^[\w][\w .-]{0,79}$/u),
  about: z.string().max(4000).optional(),
  seed: z.int().min(-2_147_483_648).max(2_147_483_647),
  mission: missionPartSchema,
  world: worldPartSchema.prefault({}),
  fleet: fleetPartSchema,
  radio: radioPartSchema.prefault({}),
  faults: faultListSchema.default([]),
  orders: z.array(operatorOrderSchema).max(1000).default([]),
  success: successPartSchema.default({}),
  limits: z.strictObject({
    /** The episode ends here if nothing has ended it before, simulated ms. */
    untilMs: z.int().min(1000).max(86_400_000),
  }),
});

export type SuccessPart = z.infer<typeof successPartSchema>;
export type ScenarioDocument = z.infer<typeof scenarioDocumentSchema>;
/** As written: what has a default may be left out, places may be in metres. */
export type ScenarioDocumentInput = z.input<typeof scenarioDocumentSchema>;

const fileName = z.string().min(1).max(1000);
const asWritten = missionPartSchema.in;
const polygonOrFile = z.union([fileName, asWritten.shape.area]);

/** What a person may write, for editors: a mission, an area and a fence may be files beside it. */
export const scenarioFileSchema = scenarioDocumentSchema.extend({
  mission: z.union([
    fileName,
    asWritten.extend({
      area: polygonOrFile,
      fence: asWritten.shape.fence.extend({ polygon: polygonOrFile }),
    }),
  ]),
});
