import { z } from 'zod';

const sysid = z.int().min(1).max(250);
const jumpM = z.number().min(-10_000).max(10_000).default(0);

/** The JSON of an `Injury` (sim/injury.ts). */
const injurySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('gnss'), works: z.boolean() }),
  z.strictObject({ kind: z.literal('battery'), remaining: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('groundStation'), heard: z.boolean() }),
  z.strictObject({ kind: z.literal('reboot') }),
  z.strictObject({
    kind: z.literal('estimateReset'),
    northM: jumpM,
    eastM: jumpM,
    downM: jumpM,
    yawDeg: z.number().min(-360).max(360).default(0),
    origin: z.enum(['moves', 'stays']),
  }),
]);

const schema = z.union([
  /** Loses every datagram from and to this vehicle for a while. */
  z.strictObject({ cutLink: sysid, forMs: z.number().positive().max(3_600_000) }),
  /** The camera falls off: its socket closes for good. */
  z.strictObject({ closePayload: sysid }),
  /** Harms the vehicle itself. */
  z.strictObject({ injure: sysid, injury: injurySchema }),
  z.strictObject({ shutdown: z.literal(true) }),
]);

/** What a drill may do to the vehicles while they fly; one JSON line each on standard input. */
export type DrillCommand = z.infer<typeof schema>;

/** Undefined for a line that is not such a command. */
export const parseDrillCommand = (line: string): DrillCommand | undefined => {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
};
