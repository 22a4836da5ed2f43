import * as z from 'zod';

import { FLIGHT_PHASES } from '../flight-phase.ts';
import { MAX_SUBJECT_CHARS, MAX_TROUBLES } from '../trouble.ts';
import { taskIdSchema } from './bid.ts';
import { exactBytes } from './byte-string.ts';
import { goalIdSchema } from './goal-id.ts';

export const MAX_MODE_CHARS = 20;
export const MAX_REASON_CHARS = 80;
export const MAX_MODEL_CHARS = 40;
export const MAX_ECHOES = 8;

/** What a drone (or the station) says of itself about once a second. Ages; is never repaired. */
export const beaconSchema = z.strictObject({
  sysid: z.uint32().max(255),
  phase: z.enum(FLIGHT_PHASES),
  armed: z.boolean(),
  mode: z.string().max(MAX_MODE_CHARS),
  latE7: z.int32(),
  lonE7: z.int32(),
  altAmslCm: z.int32(),
  /** NED, cm/s. */
  velocityCmps: z.tuple([z.int32(), z.int32(), z.int32()]),
  positionStdCm: z.uint32().max(65_535),
  batteryPercent: z.uint32().max(100),
  goal: goalIdSchema.nullable(),
  /** Share of the mission done as this drone knows it, per mille. */
  progressPermille: z.uint32().max(1000),
  task: taskIdSchema.nullable(),
  /** Digest of the task ids derived from the goal: a disagreement shows. */
  taskDigest: z.uint32(),
  /** Last directive obeyed: [issuer, number]. */
  directive: z.tuple([z.uint32().max(65_535), z.uint32()]).nullable(),
  /** Why the drone does what it does, when that is not simply the mission. */
  reason: z.string().max(MAX_REASON_CHARS),
  planSource: z.enum(['model', 'analytic', 'safe', 'none']),
  model: z.string().max(MAX_MODEL_CHARS),
  /** Head of the audit chain: [segment index, first 8 bytes]. */
  logHead: z.tuple([z.uint32(), exactBytes(8)]).nullable(),
  /** Echo for the swarm clock: [member, its last sentMs heard, our monotonic ms at receipt, see beacon-layout.ts]. */
  echoes: z.array(z.tuple([z.uint32().max(65_535), z.number(), z.number()])).max(MAX_ECHOES),
  /** What keeps it from flying (packTrouble); numbers that a version does not know are left out. */
  troubles: z
    .array(z.tuple([z.uint32().max(127), z.string().max(MAX_SUBJECT_CHARS)]))
    .max(MAX_TROUBLES),
});

export type Beacon = z.infer<typeof beaconSchema>;
