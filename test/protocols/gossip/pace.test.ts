import { describe, expect, it } from 'vitest';

import {
  framePace,
  judgePace,
  leastFrameMs,
  leastGossipMs,
  noteLateness,
} from '#protocols/gossip/pace.ts';

const LEAST_MS = 180;

/** Members at one channel that carries so many frames a second; each sees how late the queue makes them. */
const sharedChannel = (members: number, framesPerS: number, seconds: number): number[] => {
  const paces = Array.from({ length: members }, () => framePace(members, 0));
  let queued = 0;
  for (let second = 1; second <= seconds; second += 1) {
    const said = paces.reduce((sum, { intervalMs }) => sum + 1000 / intervalMs, 0);
    queued = Math.max(0, queued + said - framesPerS);
    for (const pace of paces) {
      noteLateness(pace, 1, (1000 * queued) / framesPerS);
      judgePace(pace, 1000 * second);
    }
  }
  return paces.map(({ intervalMs }) => intervalMs);
};

describe('the pace of a lane', () => {
  it('stays at its fastest where there is room', () => {
    expect(sharedChannel(3, 100, 60)).toEqual([LEAST_MS, LEAST_MS, LEAST_MS]);
  });

  it('settles near what the channel carries, shared alike', () => {
    for (const [members, framesPerS] of [
      [3, 8],
      [12, 10],
      [12, 30],
    ] as const) {
      const paces = sharedChannel(members, framesPerS, 600);
      expect(new Set(paces).size).toBe(1);
      const said = (members * 1000) / paces[0]!;
      expect(said).toBeGreaterThan(0.3 * framesPerS);
      expect(said).toBeLessThan(1.8 * framesPerS);
    }
  });

  it('is slowed down by what most are late by, not by one that says so of itself', () => {
    const pace = framePace(3, 0);
    const hear = (lateMs: readonly number[]): number => {
      for (const [author, ms] of lateMs.entries()) {
        for (let time = 0; time < (ms > 1000 ? 30 : 3); time += 1) noteLateness(pace, author, ms);
      }
      judgePace(pace, pace.judgedMs + 1000);
      return pace.intervalMs;
    };
    expect(hear([10, 60_000, 20])).toBe(LEAST_MS);
    expect(hear([10, 60_000])).toBe(LEAST_MS);
    expect(hear([10, 5000, 5000])).toBe(1.5 * LEAST_MS);
  });

  it('is not changed by silence, but by what another lane of the same radio tells', () => {
    const [pace, other] = [framePace(2, 0), framePace(2, 0)];
    judgePace(pace, 1000, other);
    expect(pace.intervalMs).toBe(LEAST_MS);
    noteLateness(other, 1, 3000);
    judgePace(pace, 2000, other);
    expect(pace.intervalMs).toBe(1.5 * LEAST_MS);
    // Its own word counts for more.
    noteLateness(other, 1, 3000);
    noteLateness(pace, 1, 0);
    judgePace(pace, 3000, other);
    expect(pace.intervalMs).toBeLessThan(1.5 * LEAST_MS);
  });

  it('is slower from the start the more there are to hear', () => {
    expect([2, 30, 100].map(leastFrameMs)).toEqual([LEAST_MS, LEAST_MS, LEAST_MS * (100 / 30)]);
    expect([2, 6, 12, 100].map(leastGossipMs)).toEqual([LEAST_MS, 200, 800, 9600]);
  });
});
