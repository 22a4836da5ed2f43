import { describe, expect, it } from 'vitest';

import { RESTART, restartDelayMs } from '#agent/restart.ts';

describe('restarting a child', () => {
  it('is prompt at its first death, before PX4 gives the drone up', () => {
    expect(restartDelayMs(10, undefined)).toBe(RESTART.firstMs);
    expect(RESTART.firstMs).toBeLessThan(250);
  });

  it('backs off while it dies young, up to a limit', () => {
    const delays: number[] = [];
    let delay: number | undefined;
    for (let death = 0; death < 10; death += 1) {
      delay = restartDelayMs(20, delay);
      delays.push(delay);
    }
    expect(delays.slice(0, 3)).toEqual([50, 100, 200]);
    expect(delays.at(-1)).toBe(RESTART.longestMs);
  });

  it('forgets old deaths once the child lived well', () => {
    expect(restartDelayMs(RESTART.healthyAfterMs, RESTART.longestMs)).toBe(RESTART.firstMs);
  });
});
