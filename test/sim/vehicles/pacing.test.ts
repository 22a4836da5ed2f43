import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pacing } from '#sim/vehicles/pacing.ts';

describe('pacing', () => {
  it('steps once every 4 ms, and makes up for a late timer', () => {
    const pacing = new Pacing(1000);
    expect(pacing.due(1003.9).steps).toBe(0);
    expect(pacing.due(1004).steps).toBe(1);
    expect(pacing.due(1019).steps).toBe(3);
    expect(pacing.waitMs(1019)).toBeCloseTo(1);
  });

  it('gives up what it cannot make up, and says so', () => {
    const pacing = new Pacing(0);
    const { steps, lagMs, slippedMs } = pacing.due(1004);
    expect(lagMs).toBe(1000);
    expect(slippedMs).toBe(900);
    expect(steps).toBe(26);
  });

  it('accounts for every millisecond, whenever the timer fires', () => {
    assert(
      property(array(integer({ min: 0, max: 400 }), { maxLength: 60 }), (waits) => {
        const pacing = new Pacing(0);
        let nowMs = 0;
        let steps = 0;
        let slippedMs = 0;
        for (const wait of waits) {
          nowMs += wait;
          const due = pacing.due(nowMs);
          steps += due.steps;
          slippedMs += due.slippedMs;
        }
        expect(Math.abs(nowMs - slippedMs - steps * 4)).toBeLessThan(4.001);
      }),
    );
  });
});
