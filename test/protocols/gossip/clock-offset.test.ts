import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  clockEstimate,
  noteEchoed,
  noteHeard,
  unknownClock,
} from '#protocols/gossip/clock-offset.ts';

/** Two clocks that differ by an offset and a drift, and messages between them with any delays. */
interface Exchange {
  gapMs: number;
  outMs: number;
  backMs: number;
  holdMs: number;
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  gapMs: fc.double({ min: 10, max: 3000, noNaN: true }),
  outMs: fc.double({ min: 0, max: 800, noNaN: true }),
  backMs: fc.double({ min: 0, max: 800, noNaN: true }),
  holdMs: fc.double({ min: 0, max: 1000, noNaN: true }),
});

describe('the swarm clock', () => {
  it('bounds the true offset, whatever the delays and within the drift that crystals have', () => {
    const story = fc.property(
      fc.array(exchange, { minLength: 1, maxLength: 30 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: -390e-6, max: 390e-6, noNaN: true }),
      (exchanges, offsetMs, drift) => {
        // Ours is true time; theirs reads (time − offset) and runs fast or slow.
        const theirs = (timeMs: number): number => (timeMs - offsetMs) * (1 + drift);
        const clock = unknownClock();
        let nowMs = 1e6;
        for (const { gapMs, outMs, backMs, holdMs } of exchanges) {
          nowMs += gapMs;
          const sentMs = nowMs;
          const heardMs = theirs(sentMs + outMs);
          const answeredMs = theirs(sentMs + outMs + holdMs);
          nowMs += outMs + holdMs + backMs;
          noteHeard(clock, answeredMs, nowMs);
          noteEchoed(clock, sentMs, heardMs, nowMs);
          const estimate = clockEstimate(clock, nowMs);
          const trueOffset = nowMs - theirs(nowMs);
          expect(Math.abs(estimate.offsetMs - trueOffset)).toBeLessThanOrEqual(
            estimate.errorMs + 1e-3,
          );
          expect(estimate.errorMs).toBeLessThan((outMs + backMs) / 2 + 0.5 * 400e-6 * 5000);
        }
      },
    );
    fc.assert(story, { numRuns: 1000 });
  });

  it('is unknown before a member was heard, and rough before it echoed us', () => {
    const clock = unknownClock();
    expect(clockEstimate(clock, 0).errorMs).toBe(Infinity);
    expect(clockEstimate(undefined, 0).errorMs).toBe(Infinity);
    noteHeard(clock, 100, 1100);
    expect(clockEstimate(clock, 1100)).toEqual({ offsetMs: 1000, errorMs: 500 });
  });

  it('starts afresh when a clock was set: the newer bound stands, the older is void', () => {
    const clock = unknownClock();
    noteHeard(clock, 0, 1000);
    noteEchoed(clock, 990, 0, 1000);
    noteHeard(clock, 5000, 1010);
    const estimate = clockEstimate(clock, 1010);
    expect(estimate.offsetMs).toBe(-3990);
    expect(estimate.errorMs).toBe(500);
  });
});
