import { readGoalId, writeGoalId } from './goal-id-layout.ts';
import { MAX_KNOTS_BYTES, MAX_RADII_BYTES, type Intent } from './intent.ts';
import { LayoutReader } from './layout-reader.ts';
import { LayoutWriter } from './layout-writer.ts';

/**
 * u8 version · goal id · varint planId · moment startMs · varint knotMs · u8 length and bytes each of
 * `considered` and `knots` · `radii` to the end. Some sixty bytes for sixteen knots.
 */
const VERSION = 1;

export const MIN_KNOT_MS = 50;
export const MAX_KNOT_MS = 2000;
export const CONSIDERED_BYTES = 8;

const U32 = 0xff_ff_ff_ff;

const writer = new LayoutWriter('intent');

export const encodeIntent = (intent: Intent): Uint8Array => {
  writer.begin(VERSION);
  writeGoalId(writer, intent.goal);
  writer.whole(intent.planId, U32, 'planId');
  if (intent.startMs < 0) writer.refuse('startMs', intent.startMs);
  writer.moment(intent.startMs, 'startMs');
  if (intent.knotMs < MIN_KNOT_MS) writer.refuse('knotMs', intent.knotMs);
  writer.whole(intent.knotMs, MAX_KNOT_MS, 'knotMs');
  writer.countedBytes(intent.considered, CONSIDERED_BYTES, 'considered');
  writer.countedBytes(intent.knots, MAX_KNOTS_BYTES, 'knots');
  if (intent.radii.length > MAX_RADII_BYTES) writer.refuse('radii', intent.radii.length);
  writer.bytes(intent.radii);
  return writer.finish();
};

/** Undefined for anything malformed. Whether knots and radii make a tube is for decodeKnots to say. */
export const decodeIntent = (payload: Uint8Array): Intent | undefined => {
  const reader = new LayoutReader(payload);
  if (reader.byte() !== VERSION) return undefined;
  const goal = readGoalId(reader);
  const planId = reader.whole(U32);
  const startMs = reader.moment();
  const knotMs = reader.whole(MAX_KNOT_MS);
  const considered = reader.countedBytes(CONSIDERED_BYTES);
  const knots = reader.countedBytes(MAX_KNOTS_BYTES);
  const radii = reader.bytes(Math.min(reader.left, MAX_RADII_BYTES));
  if (!reader.isWhole || startMs < 0 || knotMs < MIN_KNOT_MS) return undefined;
  return { goal, planId, startMs, knotMs, knots, radii, considered };
};
