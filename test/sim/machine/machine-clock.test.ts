import { describe, expect, it } from 'vitest';

import { MachineClock } from '#sim/machine/machine-clock.ts';

describe('the clock of a simulated computer', () => {
  it('counts from its own boot at its own rate', () => {
    const time = { nowMs: 0 };
    const fast = new MachineClock(time, 5000, 100);
    const slow = new MachineClock(time, 90_000, -100);
    expect([fast.monotonicMs(), slow.monotonicMs()]).toEqual([5000, 90_000]);
    time.nowMs = 1_000_000;
    expect(fast.monotonicMs()).toBeCloseTo(1_005_100, 6);
    expect(slow.monotonicMs()).toBeCloseTo(1_089_900, 6);
  });

  it('goes on when the wall clock jumps', () => {
    const time = { nowMs: 1000 };
    const clock = new MachineClock(time, 0, 0);
    const before = clock.unixUs();
    clock.shiftWallClock(-3_600_000);
    expect(clock.monotonicMs()).toBe(1000);
    expect(before - clock.unixUs()).toBe(3_600_000_000n);
  });
});
