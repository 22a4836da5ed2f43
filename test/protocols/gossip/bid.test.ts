import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeBid, encodeBid } from '#protocols/gossip/bid-layout.ts';
import {
  isPrice,
  MAX_PRICE,
  MAX_PRICE_CODE,
  priceBelow,
  priceCode,
  priceOfCode,
} from '#protocols/gossip/bid-price.ts';
import { bidSchema, type Bid } from '#protocols/gossip/bid.ts';

import { payloads, price } from './arbitraries.ts';

const goal = { issuer: 1000, epoch: 12, sequence: 3 };
const HOUR_ROUNDS = 72_000;

/** As one of five drones says it in the middle of a search, an hour after boot. */
const busy: Bid = {
  goal,
  round: HOUR_ROUNDS,
  entries: Array.from({ length: 20 }, (_, index) => [
    `lane:c${index - 10}:${index % 3}:${(index % 3) + 4}`,
    1 + Math.floor(index / 4),
    index % 4 === 0 ? MAX_PRICE : priceBelow(3777 * index),
  ]),
  heard: [2, 3, 4, 5].map((member) => [member, HOUR_ROUNDS - 2000 + 900 * member]),
};

describe('the prices of an auction', () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 4096 }),
    fc.double({ min: 0, max: 2e6, noNaN: true }),
    price,
  );

  it('are whole, exact when small, and a thousandth below what they stand for at the most', () => {
    fc.assert(
      fc.property(value, (wanted) => {
        const told = priceBelow(wanted);
        expect(isPrice(told)).toBe(true);
        expect(told).toBeLessThanOrEqual(wanted);
        if (wanted < 2048) expect(told).toBe(Math.floor(wanted));
        else if (wanted <= MAX_PRICE) expect(told).toBeGreaterThan(wanted * (1 - 1 / 1024) - 1);
      }),
    );
    expect(priceBelow(Infinity)).toBe(MAX_PRICE);
    for (const none of [-1, 0.5, 2049, MAX_PRICE + 1, Infinity, Number.NaN]) {
      expect(isPrice(none)).toBe(false);
    }
  });

  it('keep the order of what they stand for', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(priceBelow(low)).toBeLessThanOrEqual(priceBelow(high));
      }),
    );
  });

  it('have one number each, in their order, and every number is a price', () => {
    let last = -1;
    for (let code = 0; code <= MAX_PRICE_CODE; code += 1) {
      const one = priceOfCode(code);
      expect(one).toBeGreaterThan(last);
      expect(isPrice(one)).toBe(true);
      expect(priceCode(one)).toBe(code);
      last = one;
    }
    expect(last).toBe(MAX_PRICE);
  });
});

describe('a bid on the air', () => {
  it('takes six bytes a task and a dozen besides', () => {
    expect(encodeBid(busy).length).toBeLessThanOrEqual(6 * 20 + 24);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(payloads.bid, (bid) => {
        expect(decodeBid(encodeBid(bid))).toEqual(bid);
      }),
    );
  });

  it('says no price that the auction has not', () => {
    const entry = (value: number): Bid => ({ ...busy, entries: [['lane:r1:2:3', 1, value]] });
    for (const value of [0.5, 2049, -1, MAX_PRICE + 1, Number.NaN]) {
      expect(() => encodeBid(entry(value))).toThrow(
        expect.objectContaining({ code: 'payload-invalid' }) as Error,
      );
    }
  });
});

describe('the bid of a stranger', () => {
  it('is refused or fits the description of a bid, and says the same when it is passed on', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(payloads.bid, fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1 }))
        .map(([bid, flips]) => {
          const bytes = encodeBid(bid);
          for (const [at, bit] of flips) bytes[at % bytes.length]! ^= 1 << bit;
          return bytes;
        }),
    );
    fc.assert(
      fc.property(hostile, (bytes) => {
        const bid = decodeBid(bytes);
        if (bid === undefined) return;
        expect(bidSchema.safeParse(bid).success).toBe(true);
        expect(encodeBid(bid)).toEqual(bytes);
      }),
      { numRuns: 5000 },
    );
  });

  it('that names a winner twice in a row, or one who wins nothing, is refused', () => {
    // Version, goal 1/1/1, round 5; then the entries; nobody heard.
    const told = (...entries: number[]) => decodeBid(Uint8Array.of(1, 1, 1, 1, 5, ...entries, 0));
    const [confirm1, confirm2] = [
      [3 << 5, 0],
      [3 << 5, 2],
    ] as const;
    expect(told(2, 7, 2, ...confirm1, 9, ...confirm2, 9)?.entries).toEqual([
      ['confirm:0:0', 7, 9],
      ['confirm:0:1', 7, 9],
    ]);
    expect(told(2, 7, 1, ...confirm1, 9, 7, 1, ...confirm2, 9)).toBeUndefined();
    expect(told(1, 6, 0, 7, 1, ...confirm1, 9)).toBeUndefined();
    expect(told(0)?.entries).toEqual([]);
  });

  it('that promises more entries than it has is refused at once', () => {
    const head = [1, 1, 1, 1, 5];
    expect(decodeBid(Uint8Array.of(...head, 96, 7, 96))).toBeUndefined();
    expect(decodeBid(Uint8Array.of(...head, 97))).toBeUndefined();
    expect(decodeBid(Uint8Array.of(...head, 0, 250, 1))).toBeUndefined();
    // A member heard in a round before the first.
    expect(decodeBid(Uint8Array.of(...head, 0, 1, 2, 11))).toBeUndefined();
    expect(decodeBid(Uint8Array.of(...head, 0, 1, 2, 9))?.heard).toEqual([[2, 0]]);
  });

  it('cut off anywhere, or with anything after it, is refused', () => {
    fc.assert(
      fc.property(payloads.bid, fc.nat(), (bid, at) => {
        const bytes = encodeBid(bid);
        expect(decodeBid(bytes.slice(0, at % bytes.length))).toBeUndefined();
        expect(decodeBid(Uint8Array.of(...bytes, 0))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
