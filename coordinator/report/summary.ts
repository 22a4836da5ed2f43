import * as z from 'zod';

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);

/** What `skein log verify` says of a flight's record; missing = there is none. */
const auditSchema = z.enum(['verified', 'truncated', 'failed', 'missing']);

/** Null wherever nobody measured it, e.g. true distances outside simulation. */
const droneSummarySchema = z.strictObject({
  sysid: z.number().int().min(1).max(255),
  name: z.string().max(32),
  landed: z.boolean(),
  disarmed: z.boolean(),
  /** Take-off to landing, s. */
  airborneS: z.number().nullable(),
  /** Way over ground, m. */
  flownM: z.number().nullable(),
  /** Downward speed at the hardest contact with the ground. */
  touchdownMps: z.number().nullable().default(null),
  batteryPercent: z.number().min(0).max(100).nullable(),
  /** Sent over the mesh, mean over the mission. */
  bytesPerSecond: z.number().nullable(),
  /** All its processes, mean over the run. */
  cpuCores: z.number().nullable(),
  /** All its processes, greatest. */
  residentMb: z.number().nullable(),
  plans: count,
  planP50Ms: z.number().nullable(),
  planP99Ms: z.number().nullable(),
  /** Of the time under a plan, the part whose plan the learned model made. */
  modelShare: share.nullable(),
  disagreementTrips: count,
  /** As its vehicle saw it, ms. */
  maxSetpointGapMs: z.number().nullable(),
  audit: auditSchema,
  records: count,
  /** Why it went home or down, in its own words: 'search complete', 'position-lost', …; empty = it did not say. */
  endedBy: z.string().max(80).default(''),
});

/** Figures of one mission, as `summary.json` in its run directory holds them. */
export const summarySchema = z.strictObject({
  format: z.literal(1),
  mission: z.string().max(64),
  seed: z.number().int().nullable(),
  /** Unix time, ms. */
  startedUnixMs: z.number(),
  /** The mission met its criteria, and nothing was breached. */
  success: z.boolean(),
  /** Why not, one sentence each. */
  shortfalls: z.array(z.string().max(400)).max(64),
  /** Goal to last landing. */
  missionS: z.number().nullable(),
  /** From the command to this summary. */
  wallS: z.number(),
  searchedFraction: share,
  /** The mission's own criterion. */
  searchedFractionNeeded: share,
  /** Cells that nobody looked at, and cells where something was seen and no second look settled it. */
  cellsUnseen: count.default(0),
  cellsSuspicious: count.default(0),
  targetsFound: count,
  /** How many of the hidden ones a search of this quality finds on average. */
  targetsExpected: z.number().nonnegative().nullable(),
  targetsHidden: count.nullable(),
  /** Share of searches of this quality that find no more than this one did. */
  targetsLuck: share.nullable().default(null),
  /** Findings where nothing is. */
  falseFindings: count.nullable(),
  /** Vehicles that hit the ground (crashes.ts); `drill` names the one that meant it to. */
  crashes: z
    .array(
      z.strictObject({
        sysid: z.number().int().min(1).max(255),
        speedMps: z.number(),
        drill: z.string().max(64).nullable(),
      }),
    )
    .max(256)
    .default([]),
  leastSeparationM: z.number().nullable(),
  minSeparationM: z.number(),
  /** Least distance to the fence from inside; negative = breach. */
  fenceMarginM: z.number().nullable(),
  planP50Ms: z.number().nullable(),
  planP99Ms: z.number().nullable(),
  disagreementTrips: count,
  modelShare: share.nullable(),
  maxSetpointGapMs: z.number().nullable(),
  /** Time by which the simulated vehicles fell behind because this machine was busy, s. */
  slippedS: z.number().nonnegative().nullable().default(null),
  /** The worst of the drones'. */
  audit: auditSchema,
  drones: z.array(droneSummarySchema).max(256),
});

export type Summary = z.infer<typeof summarySchema>;
export type DroneSummary = z.infer<typeof droneSummarySchema>;
