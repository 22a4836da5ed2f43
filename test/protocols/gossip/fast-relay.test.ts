import { describe, expect, it } from 'vitest';

import { encodeFrame, relayedFrame } from '#protocols/gossip/fast-frame.ts';
import {
  dueRelays,
  newRelay,
  noteCopy,
  noteSeen,
  planRelay,
} from '#protocols/gossip/fast-relay.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';
import { seededRandom } from '#protocols/random.ts';

const key = newGroupKey();
const frameOf = (counter: number, bytes = 500): Uint8Array =>
  encodeFrame(
    {
      sender: 1,
      rosterEpoch: 1,
      bootEpoch: 1,
      counter,
      isUrgent: false,
      number: counter,
      paceMs: 200,
      hearing: new Uint8Array(1),
      ownDigest: 0,
      bundle: new Uint8Array(bytes),
    },
    key,
  );

const hopped = (bytes: Uint8Array, hops: number): Uint8Array =>
  hops === 0 ? bytes : hopped(relayedFrame(bytes), hops - 1);

const heard = (bytes: Uint8Array, isUrgent = false) => {
  const relay = newRelay(0);
  noteSeen(relay, bytes, { sender: 1, number: 1, bootEpoch: 1, seenMs: 0, copies: 0 });
  planRelay(relay, bytes, isUrgent, 0, seededRandom(1));
  return relay;
};

describe('saying again for those who did not hear', () => {
  it('happens once, within 26 ms, one hop further on', () => {
    const bytes = frameOf(1);
    const relay = heard(bytes);
    expect(dueRelays(relay, 1)).toEqual([]);
    expect(dueRelays(relay, 26)).toEqual([relayedFrame(bytes)]);
    expect(dueRelays(relay, 5000)).toEqual([]);
  });

  it('is left out once two others were faster; for an order it takes four', () => {
    const bytes = frameOf(1);
    for (const [isUrgent, enough] of [
      [false, 2],
      [true, 4],
    ] as const) {
      const relay = heard(bytes, isUrgent);
      for (let copy = 1; copy < enough; copy += 1) noteCopy(relay, hopped(bytes, 1));
      expect(relay.waiting.size).toBe(1);
      noteCopy(relay, hopped(bytes, 1));
      expect(dueRelays(relay, 26)).toEqual([]);
    }
  });

  it('is not stopped by hearing the sender itself again', () => {
    const bytes = frameOf(1);
    const relay = heard(bytes);
    for (let copy = 0; copy < 5; copy += 1) noteCopy(relay, bytes);
    expect(dueRelays(relay, 26)).toHaveLength(1);
  });

  it('ends after two hops, for an order after eight', () => {
    const bytes = frameOf(1);
    expect(heard(hopped(bytes, 1)).waiting.size).toBe(1);
    expect(heard(hopped(bytes, 2)).waiting.size).toBe(0);
    expect(heard(hopped(bytes, 7), true).waiting.size).toBe(1);
    expect(heard(hopped(bytes, 8), true).waiting.size).toBe(0);
  });

  it('spends no more than its bytes a second on others, orders excepted', () => {
    const relay = newRelay(0);
    let spent = 0;
    let orders = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
      planRelay(relay, frameOf(nowMs), false, nowMs, seededRandom(nowMs));
      if (nowMs % 1000 === 0)
        planRelay(relay, frameOf(1e6 + nowMs, 900), true, nowMs, seededRandom(2));
      for (const { length } of dueRelays(relay, nowMs + 30)) {
        if (length > 800) orders += 1;
        else spent += length;
      }
    }
    expect(spent).toBeLessThanOrEqual(12_000 + 6000 * 10);
    expect(spent).toBeGreaterThan(6000 * 9);
    expect(orders).toBe(10);
    // What is remembered is bounded too.
    for (let counter = 0; counter < 10_000; counter += 1) {
      const bytes = frameOf(2e6 + counter, 8);
      noteSeen(relay, bytes, { sender: 1, number: counter, bootEpoch: 1, seenMs: 0, copies: 0 });
    }
    expect(relay.seen.size).toBe(4096);
  });
});
