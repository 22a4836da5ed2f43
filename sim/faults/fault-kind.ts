import { z } from 'zod';

import type { Random } from '#protocols/random.ts';
import type { Episode } from '../episode/episode.ts';

/** Whom and what a drawn fault may befall. */
export interface DrawScene {
  /** Drones, and who else is on the radio. */
  sysids: readonly number[];
  others: readonly number[];
  /** Half the edge of the square in which the swarm works, m. */
  reachM: number;
}

/** Where a fault acts. */
export interface FaultScene {
  episode: Episode;
  /** Tells this fault from every other of the episode: two of one kind may hold at once. */
  name: string;
  /** A stream of its own. */
  random: Random;
  /** Holds something with others; the answer lets go of it and says whether nobody holds it any more. */
  hold(what: string): () => boolean;
}

/** A fault that holds for a while. */
export interface ActiveFault {
  /** Before each step of the episode until the fault ends. */
  step?(nowMs: number): void;
  /** When `forMs` is over; a fault without `forMs` never ends. */
  end?(): void;
}

/** One kind of fault: what a schedule may say of it, how a seed draws one, and what it does. */
export interface FaultKind<Schema extends z.ZodObject = z.ZodObject> {
  /** With `kind` and `atMs`; every number bounded, units in names. */
  schema: Schema;
  draw(scene: DrawScene, random: Random): Omit<z.infer<Schema>, 'kind' | 'atMs'>;
  begin(fault: z.infer<Schema>, scene: FaultScene): ActiveFault | void;
}

const DAY_MS = 86_400_000;

/** Fields that many kinds have. */
export const sysid = z.int().min(1).max(250);
/** A drone, or the operator's member of the mesh. */
export const member = z.int().min(1).max(65_535);
export const forMs = z.int().min(1).max(DAY_MS);

/** When it begins, simulated ms since the start of the episode. */
const atMs = z.int().min(0).max(DAY_MS);

/**
 * A kind of fault by its name and the fields of its own. A field `forMs` says how long it holds.
 */
export const faultKind = <Name extends string, Shape extends z.ZodRawShape>(
  kind: Name,
  shape: Shape,
  parts: Omit<FaultKind<z.ZodObject<KindShape<Name, Shape>, z.core.$strict>>, 'schema'>,
): FaultKind<z.ZodObject<KindShape<Name, Shape>, z.core.$strict>> => ({
  schema: z.strictObject({ kind: z.literal(kind), atMs, ...shape }),
  ...parts,
});

type KindShape<Name extends string, Shape extends z.ZodRawShape> = {
  kind: z.ZodLiteral<Name>;
  atMs: typeof atMs;
} & Shape;
