import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Medium } from '#sim/radio/medium.ts';

const packets = fc.array(
  fc.record({
    station: fc.integer({ min: 1, max: 5 }),
    airtimeMs: fc.double({ min: 0.1, max: 50, noNaN: true }),
    afterMs: fc.double({ min: 0, max: 60, noNaN: true }),
  }),
  { minLength: 1, maxLength: 80 },
);

describe('the channel that all share', () => {
  it('carries no more than there is time', () => {
    fc.assert(
      fc.property(packets, (all) => {
        const medium = new Medium();
        let nowMs = 0;
        let lastMs = 0;
        for (const { station, airtimeMs, afterMs } of all) {
          nowMs += afterMs;
          lastMs = Math.max(lastMs, medium.doneMs(station, airtimeMs, nowMs));
          medium.take(station, airtimeMs, nowMs);
        }
        // All is done when the last is; whoever came later was told no earlier than that work allows.
        const probe = 1e6;
        expect(medium.doneMs(9, probe, nowMs)).toBeGreaterThanOrEqual(
          Math.max(nowMs, medium.airtimeMs) + probe - 1e-6,
        );
        expect(lastMs).toBeLessThanOrEqual(nowMs + medium.airtimeMs + 1e-6);
      }),
    );
  });

  it('has the packets of one station pass one after the other', () => {
    fc.assert(
      fc.property(packets, (all) => {
        const medium = new Medium();
        const doneOf = new Map<number, number>();
        let nowMs = 0;
        for (const { station, airtimeMs, afterMs } of all) {
          nowMs += afterMs;
          const doneMs = medium.doneMs(station, airtimeMs, nowMs);
          expect(doneMs).toBeGreaterThanOrEqual(nowMs + airtimeMs - 1e-6);
          expect(doneMs).toBeGreaterThan((doneOf.get(station) ?? 0) - 1e-6);
          doneOf.set(station, doneMs);
          medium.take(station, airtimeMs, nowMs);
        }
      }),
    );
  });

  it('leaves those who seldom speak their turns, however long the queue of one is that floods it', () => {
    const medium = new Medium();
    let worstMs = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += 5) {
      medium.take(1, 20, nowMs);
      if (nowMs % 200 !== 0) continue;
      for (const station of [2, 3]) {
        worstMs = Math.max(worstMs, medium.doneMs(station, 20, nowMs) - nowMs);
        medium.take(station, 20, nowMs);
      }
    }
    expect(worstMs).toBeLessThanOrEqual(60);
    expect(medium.doneMs(1, 20, 10_000)).toBeGreaterThan(40_000);
  });
});
