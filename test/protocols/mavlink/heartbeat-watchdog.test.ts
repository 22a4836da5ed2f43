import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeartbeatWatchdog } from '#protocols/mavlink/heartbeat-watchdog.ts';

const watchdog = (): HeartbeatWatchdog =>
  new HeartbeatWatchdog({ hungAfterMs: 300, recoverMs: 1000 });

/** Feeds and asks at each of these times; returns when heartbeats left. */
const live = (dog: HeartbeatWatchdog, fromMs: number, toMs: number, stepMs: number): number[] => {
  const beats: number[] = [];
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += stepMs) {
    dog.feed(nowMs);
    if (dog.takeDue(nowMs)) beats.push(nowMs);
  }
  return beats;
};

describe('a heartbeat that stops when the application hangs', () => {
  test('says nothing before the application lives, then speaks at once and each second', () => {
    const dog = watchdog();
    expect(dog.takeDue(0)).toBe(false);
    expect(dog.takeDue(5000)).toBe(false);
    expect(live(dog, 6000, 9000, 20)).toEqual([6000, 7000, 8000, 9000]);
  });

  test('a timer that outlives the application sends nothing more', () => {
    const dog = watchdog();
    live(dog, 0, 2000, 20);
    const beats: number[] = [];
    for (let nowMs = 2020; nowMs < 60_000; nowMs += 20) if (dog.takeDue(nowMs)) beats.push(nowMs);
    expect(beats).toEqual([]);
    expect(dog.state).toBe('hung');
    expect(dog.hangs).toBe(1);
  });

  test('an application that comes back must have lived for a second to be believed', () => {
    const dog = watchdog();
    live(dog, 0, 1500, 20);
    expect(live(dog, 4000, 7000, 20)).toEqual([5000, 6000, 7000]);
    expect(dog.hangs).toBe(1);
  });

  test('an application that starves and gets a turn twice a second stays silent', () => {
    const dog = watchdog();
    live(dog, 0, 1000, 20);
    expect(live(dog, 2000, 30_000, 500)).toEqual([]);
    expect(live(dog, 30_020, 31_020, 20)).toEqual([31_000]);
  });

  test('no heartbeat ever leaves later than the limit after the last sign of life', () => {
    const step = fc.record({ gapMs: fc.nat(700), fed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const dog = watchdog();
        let nowMs = 0;
        let fedMs = Number.NEGATIVE_INFINITY;
        let beatMs = Number.NEGATIVE_INFINITY;
        for (const { gapMs, fed } of steps) {
          nowMs += gapMs;
          if (fed) {
            dog.feed(nowMs);
            fedMs = nowMs;
          }
          if (!dog.takeDue(nowMs)) continue;
          expect(nowMs - fedMs).toBeLessThanOrEqual(300);
          expect(nowMs - beatMs).toBeGreaterThanOrEqual(300);
          beatMs = nowMs;
        }
      }),
    );
  });
});
