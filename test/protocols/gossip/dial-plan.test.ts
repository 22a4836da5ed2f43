import { describe, expect, it } from 'vitest';

import {
  createDialPlan,
  dueDials,
  noteConnected,
  noteDialFailed,
  noteDisconnected,
  noteVoice,
} from '#protocols/gossip/dial-plan.ts';
import { seededRandom } from '#protocols/random.ts';

const random = seededRandom(3);
const idle = (): boolean => false;

describe('who dials', () => {
  it('the lower peer id of two, at once; the higher helps out after twelve seconds', () => {
    const plan = createDialPlan();
    expect(dueDials(plan, 'b', ['a', 'b', 'c'], idle, 0)).toEqual(['c']);
    expect(dueDials(plan, 'b', ['a', 'b', 'c'], idle, 11_999)).toEqual(['c']);
    expect(dueDials(plan, 'b', ['a', 'b', 'c'], idle, 12_000)).toEqual(['a', 'c']);
  });

  it('nobody whom it dials already, or is connected to', () => {
    expect(dueDials(createDialPlan(), 'a', ['b', 'c'], (peer) => peer === 'b', 0)).toEqual(['c']);
  });
});

describe('a peer that cannot be reached', () => {
  it('is tried more and more rarely, never more rarely than every three seconds, for ever', () => {
    const plan = createDialPlan();
    let nowMs = 0;
    const gaps: number[] = [];
    for (let tries = 0; tries < 100; tries += 1) {
      const failedMs = nowMs;
      noteDialFailed(plan, 'b', nowMs, random);
      while (dueDials(plan, 'a', ['b'], idle, nowMs).length === 0) nowMs += 10;
      gaps.push(nowMs - failedMs);
    }
    expect(gaps[0]).toBeLessThanOrEqual(1510);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(3010);
    expect(Math.max(...gaps.slice(10))).toBeGreaterThan(2000);
  });

  it('is tried again within half a second of the end of a good connection', () => {
    const plan = createDialPlan();
    for (let tries = 0; tries < 9; tries += 1) noteDialFailed(plan, 'b', 0, random);
    noteConnected(plan, 'b');
    noteDisconnected(plan, 'b', 60_000, random);
    expect(dueDials(plan, 'a', ['b'], idle, 60_500)).toEqual(['b']);
  });

  it('is tried at once when its voice is heard again by another way', () => {
    const plan = createDialPlan();
    for (let tries = 0; tries < 9; tries += 1) noteDialFailed(plan, 'b', 0, random);
    expect(dueDials(plan, 'a', ['b'], idle, 500)).toEqual([]);
    noteVoice(plan, 'b', 500);
    expect(dueDials(plan, 'a', ['b'], idle, 500)).toEqual(['b']);
    // Who dials is agreed all the same.
    expect(dueDials(plan, 'c', ['b'], idle, 500)).toEqual([]);
  });

  it('is forgotten with the roster that named it', () => {
    const plan = createDialPlan();
    noteDialFailed(plan, 'b', 0, random);
    expect(dueDials(plan, 'a', ['c'], idle, 0)).toEqual(['c']);
    expect([...plan.attempts.keys()]).toEqual(['c']);
  });
});
