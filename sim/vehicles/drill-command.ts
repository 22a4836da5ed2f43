import { z } from 'zod';

const sysid = z.int().min(1).max(250);

const schema = z.union([
  /** Loses every datagram from and to this vehicle for a while. */
  z.strictObject({ cutLink: sysid, forMs: z.number().positive().max(3_600_000) }),
  /** The camera falls off: its socket closes for good. */
  z.strictObject({ closePayload: sysid }),
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
