import * as z from 'zod';

import { assert } from '../fault.ts';
import { BitReader, BitWriter, bitsOf, signedOf, unsignedOf } from './bit-stream.ts';
import { byteString } from './byte-string.ts';
import { goalIdSchema } from './goal-id.ts';
import { MAX_INTENT_KNOTS, type TubeKnot } from './tube.ts';

/** Finest resolution of a knot's coordinate: ±1638 m around the mission's origin in 16 bits. */
export const INTENT_KNOT_M = 0.05;
/** Resolution of a tube's radius. */
export const INTENT_RADIUS_M = 0.1;

export const MAX_KNOTS_BYTES = 128;
export const MAX_RADII_BYTES = 32;

/**
 * A promise (the drone stays inside the tube): positions at even times, in the mission's NED frame.
 * `knots` and `radii` are what {@link encodeKnots} makes of it. Times are the author's monotonic ms.
 */
export const intentSchema = z.strictObject({
  goal: goalIdSchema,
  planId: z.uint32(),
  startMs: z.number().nonnegative(),
  knotMs: z.uint32().min(50).max(2000),
  knots: byteString(MAX_KNOTS_BYTES),
  radii: byteString(MAX_RADII_BYTES),
  /** Digest (8 bytes) of the neighbours' plans that this one took into account. */
  considered: byteString(8),
});

export type Intent = z.infer<typeof intentSchema>;

const COORDINATE_BITS = 16;
const MAX_COORDINATE = 32_767;
const EXPONENT_BITS = 2;
const MAX_EXPONENT = 3;
const WIDTH_BITS = 5;
/** The second difference of two coordinates of 16 bits, with its sign. */
const MAX_WIDTH = 19;

const COUNT_BITS = 4;
const RADIUS_BITS = 12;
const MAX_RADIUS = 4095;
const RADIUS_WIDTH_BITS = 4;
const MAX_RADIUS_WIDTH = 13;

/** A tube that flies straight or turns gently is told to 5 cm; a wild one more coarsely, and wider. */
const ROOMY_BYTES = 30;

/** Sums and products of a float64 err by less, m. */
const ROUNDING_M = 1e-9;

const units = (metres: number): number =>
  Math.max(-MAX_COORDINATE, Math.min(MAX_COORDINATE, Math.round(metres / INTENT_KNOT_M))) || 0;

/**
 * The tube in two strings of bits that contain it: what a knot is moved by rounding, its radius grows.
 *
 * knots: 2 bits exponent e · 5 bits width · 5 bits first width · x, y, z of the first knot (16 bits
 * each, units of INTENT_KNOT_M) · of the second its difference from the first · of every further one
 * what it differs from straight on at even speed; differences in units of 2^e · INTENT_KNOT_M, signed.
 * radii: 4 bits count − 1 · 4 bits width · 12 bits the first radius, units of INTENT_RADIUS_M · of every
 * further one its difference from the one before, signed.
 *
 * At least one knot and at most MAX_INTENT_KNOTS.
 */
export const encodeKnots = (knots: TubeKnot[]): { knots: Uint8Array; radii: Uint8Array } => {
  assert(knots.length >= 1 && knots.length <= MAX_INTENT_KNOTS, 'a tube of one to 16 knots');
  let path = pathOf(knots, 0);
  for (let exponent = 1; path.bits > 8 * ROOMY_BYTES && exponent <= MAX_EXPONENT; exponent += 1) {
    path = pathOf(knots, exponent);
  }
  return {
    knots: packPath(path),
    radii: packRadii(knots.map((knot, at) => radiusOf(knot, path, at))),
  };
};

interface Path {
  exponent: number;
  /** Whole units as a reader will have them, x, y, z of one knot after the other. */
  places: number[];
  /** Of the first knot its place; of the others what the layout says of them. */
  words: number[];
  width: number;
  firstWidth: number;
  bits: number;
}

const pathOf = (knots: readonly TubeKnot[], exponent: number): Path => {
  const step = 1 << exponent;
  const places: number[] = [];
  const words: number[] = [];
  let most = 0;
  let mostFirst = 0;
  for (const knot of knots) {
    for (const metres of [knot.x, knot.y, knot.z]) {
      const at = places.length;
      const expected = expectedAt(places, at);
      const word = Math.round((units(metres) - expected) / step);
      if (at < 3) {
        words.push(unsignedOf(units(metres)));
        places.push(units(metres));
        continue;
      }
      words.push(unsignedOf(word));
      places.push(expected + word * step);
      if (at < 6) mostFirst = Math.max(mostFirst, unsignedOf(word));
      else most = Math.max(most, unsignedOf(word));
    }
  }
  const width = bitsOf(most);
  const firstWidth = bitsOf(mostFirst);
  const further = Math.max(0, knots.length - 2);
  const bits = 12 + 3 * (COORDINATE_BITS + firstWidth + further * width);
  return { exponent, places, words, width, firstWidth, bits };
};

/** The second knot is expected at the first; every further one straight on at the same speed. */
const expectedAt = (places: readonly number[], at: number): number => {
  if (at < 6) return places[at - 3] ?? 0;
  return 2 * places[at - 3]! - places[at - 6]!;
};

const packPath = ({ exponent, words, width, firstWidth }: Path): Uint8Array => {
  const bits = new BitWriter();
  bits.push(exponent, EXPONENT_BITS);
  bits.push(width, WIDTH_BITS);
  bits.push(firstWidth, WIDTH_BITS);
  for (const [at, word] of words.entries()) {
    if (at < 3) bits.push(word, COORDINATE_BITS);
    else bits.push(word, at < 6 ? firstWidth : width);
  }
  return bits.finish();
};

const radiusOf = (knot: TubeKnot, { places }: Path, at: number): number => {
  const x = places[3 * at]! * INTENT_KNOT_M - knot.x;
  const y = places[3 * at + 1]! * INTENT_KNOT_M - knot.y;
  const z = places[3 * at + 2]! * INTENT_KNOT_M - knot.z;
  const neededM = knot.radiusM + Math.sqrt(x * x + y * y + z * z) - ROUNDING_M;
  // So it is for a place that nobody knows (NaN): the promise is as wide as can be told.
  if (!(neededM < MAX_RADIUS * INTENT_RADIUS_M)) return MAX_RADIUS;
  return Math.max(0, Math.ceil(neededM / INTENT_RADIUS_M));
};

const packRadii = (radii: readonly number[]): Uint8Array => {
  const words = radii.map((radius, at) => unsignedOf(radius - (radii[at - 1] ?? radius)));
  const width = bitsOf(Math.max(...words));
  const bits = new BitWriter();
  bits.push(radii.length - 1, COUNT_BITS);
  bits.push(width, RADIUS_WIDTH_BITS);
  bits.push(radii[0]!, RADIUS_BITS);
  for (const word of words.slice(1)) bits.push(word, width);
  return bits.finish();
};

/** Undefined for bytes that {@link encodeKnots} does not make: wrong lengths, impossible numbers. */
export const decodeKnots = (knots: Uint8Array, radii: Uint8Array): TubeKnot[] | undefined => {
  const radius = new BitReader(radii);
  const count = radius.take(COUNT_BITS) + 1;
  const radiusWidth = radius.take(RADIUS_WIDTH_BITS);
  const path = new BitReader(knots);
  const step = 1 << path.take(EXPONENT_BITS);
  const width = path.take(WIDTH_BITS);
  const firstWidth = path.take(WIDTH_BITS);
  if (radiusWidth > MAX_RADIUS_WIDTH || width > MAX_WIDTH || firstWidth > MAX_WIDTH) {
    return undefined;
  }
  const tube: TubeKnot[] = [];
  const places: number[] = [];
  let radiusUnits = radius.take(RADIUS_BITS);
  for (let at = 0; at < 3 * count; at += 1) {
    if (at < 3) places.push(signedOf(path.take(COORDINATE_BITS)));
    else {
      const word = signedOf(path.take(at < 6 ? firstWidth : width));
      places.push(expectedAt(places, at) + word * step);
    }
  }
  for (let at = 0; at < count; at += 1) {
    if (at > 0) radiusUnits += signedOf(radius.take(radiusWidth));
    if (radiusUnits < 0 || radiusUnits > MAX_RADIUS) return undefined;
    tube.push({
      x: places[3 * at]! * INTENT_KNOT_M,
      y: places[3 * at + 1]! * INTENT_KNOT_M,
      z: places[3 * at + 2]! * INTENT_KNOT_M,
      radiusM: radiusUnits * INTENT_RADIUS_M,
    });
  }
  return path.isWhole && radius.isWhole ? tube : undefined;
};
