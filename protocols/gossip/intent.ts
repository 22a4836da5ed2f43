import * as z from 'zod';

import { byteString } from './byte-string.ts';
import { goalIdSchema } from './goal-id.ts';
import { MAX_INTENT_KNOTS, type TubeKnot } from './tube.ts';

/** Resolution of a knot's coordinate: ±1638 m around the mission's origin in 16 bits. */
export const INTENT_KNOT_M = 0.05;
/** Resolution of a tube's radius. */
export const INTENT_RADIUS_M = 0.1;

/**
 * A promise (the drone stays inside the tube): positions at even times, in the mission's NED frame.
 * `knots` holds int16 little-endian x, y, z per knot in units of INTENT_KNOT_M; `radii` holds one
 * byte per knot in units of INTENT_RADIUS_M. Times are the author's monotonic ms.
 */
export const intentSchema = z.strictObject({
  goal: goalIdSchema,
  planId: z.uint32(),
  startMs: z.number().nonnegative(),
  knotMs: z.number().min(50).max(2000),
  knots: byteString(6 * MAX_INTENT_KNOTS),
  radii: byteString(MAX_INTENT_KNOTS),
  /** Digest (8 bytes) of the neighbours' plans that this one took into account. */
  considered: byteString(8),
});

export type Intent = z.infer<typeof intentSchema>;

const quantise = (metres: number): number =>
  Math.max(-32_768, Math.min(32_767, Math.round(metres / INTENT_KNOT_M)));

export const encodeKnots = (knots: TubeKnot[]): { knots: Uint8Array; radii: Uint8Array } => {
  const positions = new Uint8Array(6 * knots.length);
  const radii = new Uint8Array(knots.length);
  const view = new DataView(positions.buffer);
  for (const [index, knot] of knots.entries()) {
    view.setInt16(6 * index, quantise(knot.x), true);
    view.setInt16(6 * index + 2, quantise(knot.y), true);
    view.setInt16(6 * index + 4, quantise(knot.z), true);
    // Rounded up: a quantised tube must contain the true one.
    radii[index] = Math.min(255, Math.ceil(knot.radiusM / INTENT_RADIUS_M));
  }
  return { knots: positions, radii };
};

/** Undefined when the lengths of positions and radii disagree or there is no knot. */
export const decodeKnots = (knots: Uint8Array, radii: Uint8Array): TubeKnot[] | undefined => {
  if (radii.length === 0 || knots.length !== 6 * radii.length) return undefined;
  const view = new DataView(knots.buffer, knots.byteOffset, knots.byteLength);
  return Array.from(radii, (radius, index) => ({
    x: view.getInt16(6 * index, true) * INTENT_KNOT_M,
    y: view.getInt16(6 * index + 2, true) * INTENT_KNOT_M,
    z: view.getInt16(6 * index + 4, true) * INTENT_KNOT_M,
    radiusM: radius * INTENT_RADIUS_M,
  }));
};
