import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeIntent, encodeIntent } from '#protocols/gossip/intent-layout.ts';
import { decodeKnots, encodeKnots, intentSchema } from '#protocols/gossip/intent.ts';
import type { TubeKnot } from '#protocols/gossip/tube.ts';

import { payloads, tube } from './arbitraries.ts';

const gapM = (a: TubeKnot, b: TubeKnot): number =>
  Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2);

/** A search drone's plan of six seconds: cruise, brake, turn by a quarter, go on; 5 m/s² at 5 m/s. */
const turn = (speedMps: number): TubeKnot[] => {
  let [x, y] = [123.456, -78.9];
  return Array.from({ length: 16 }, (_, index) => {
    const share = Math.min(1, Math.max(0, (index - 5) / 4));
    const pace = speedMps * 0.4 * (1 - 0.6 * Math.sin(Math.PI * share));
    x += pace * Math.cos((Math.PI / 2) * share);
    y += pace * Math.sin((Math.PI / 2) * share);
    return { x, y, z: -20.03, radiusM: 0.9 + 0.11 * index };
  });
};

describe('the tube that a drone promises', () => {
  it('contains on the wire what was promised, whatever rounding does to it', () => {
    fc.assert(
      fc.property(tube, (knots) => {
        const { knots: places, radii } = encodeKnots(knots);
        const decoded = decodeKnots(places, radii)!;
        expect(decoded).toHaveLength(knots.length);
        for (const [index, knot] of knots.entries()) {
          // A coordinate beyond 16 bits is cut off, and the radius makes up for that too, up to 409 m.
          expect(decoded[index]!.radiusM + 1e-6).toBeGreaterThanOrEqual(
            Math.min(409, gapM(decoded[index]!, knot) + knot.radiusM),
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is told to five centimetres when straight, to two decimetres in a sharp turn', () => {
    const straight = turn(5).map((knot, index) => ({ ...knot, x: 2 * index, y: 0.3 * index }));
    for (const [knots, mostM] of [
      [straight, 0.05],
      [turn(1), 0.1],
      [turn(5), 0.2],
    ] as const) {
      const { knots: places, radii } = encodeKnots(knots);
      for (const [index, knot] of decodeKnots(places, radii)!.entries()) {
        expect(gapM(knot, knots[index]!)).toBeLessThan(mostM);
        expect(knot.radiusM - knots[index]!.radiusM).toBeLessThan(mostM + 0.1);
      }
      expect(places.length + radii.length).toBeLessThanOrEqual(40);
    }
  });

  it('takes 64 bytes with all that is said of it, an hour after boot', () => {
    const goal = { issuer: 1000, epoch: 12, sequence: 3 };
    const considered = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const bytes = encodeIntent({
      goal,
      planId: 14_000,
      startMs: 3_600_000,
      knotMs: 400,
      considered,
      ...encodeKnots(turn(5)),
    });
    expect(bytes.length).toBeLessThanOrEqual(64);
  });
});

describe('the intent of a stranger', () => {
  it('is refused or fits the description of an intent, and its tube is whole or none', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 160 }),
      fc
        .tuple(payloads.intent, fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1 }))
        .map(([intent, flips]) => {
          const bytes = encodeIntent(intent);
          for (const [at, bit] of flips) bytes[at % bytes.length]! ^= 1 << bit;
          return bytes;
        }),
    );
    const answered = fc.property(hostile, (bytes) => {
      const intent = decodeIntent(bytes);
      if (intent === undefined) return true;
      const knots = decodeKnots(intent.knots, intent.radii);
      const isTube =
        knots === undefined ||
        knots.every((knot) => [knot.x, knot.y, knot.z, knot.radiusM].every(Number.isFinite));
      return isTube && intentSchema.safeParse(intent).success;
    });
    expect(fc.check(answered, { numRuns: 5000 }).failed).toBe(false);
  });

  it('cut off anywhere is refused', () => {
    const cut = fc.property(payloads.intent, fc.nat(), (intent, at) => {
      const bytes = encodeIntent(intent);
      const short = decodeIntent(bytes.slice(0, at % bytes.length));
      return short === undefined || decodeKnots(short.knots, short.radii) === undefined;
    });
    expect(fc.check(cut, { numRuns: 1000 }).failed).toBe(false);
  });
});
