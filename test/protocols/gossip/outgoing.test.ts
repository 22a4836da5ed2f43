import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { packBundles, splitBundle } from '#protocols/gossip/bundle.ts';
import { decodeEnvelope } from '#protocols/gossip/envelope.ts';
import {
  emptyOutgoing,
  queueAgeing,
  queueLasting,
  takeDepartures,
  type Outgoing,
} from '#protocols/gossip/outgoing.ts';

import { Cast } from './swarm-story.ts';

const cast = new Cast();
const envelope = (bytes: number, sequence = 1): Uint8Array =>
  cast.envelope(1, 'bid', new Uint8Array(bytes), { sequence });

/** Topics that depart at that time, at five a second. */
const takeAt = (outgoing: Outgoing, nowMs: number, paceMs = 200): string =>
  takeDepartures(outgoing, nowMs, paceMs, (_topic, payload) => envelope(payload.length))
    .map(({ topic }) => topic)
    .join(' ');

describe('bundles', () => {
  it('give back the envelopes that were packed, in order', () => {
    const story = fc.property(fc.array(fc.nat(3000), { minLength: 1, maxLength: 80 }), (sizes) => {
      const envelopes = sizes.map((size, index) => envelope(size, index + 1));
      const split = packBundles(envelopes, 16_384).flatMap((bundle) => splitBundle(bundle)!);
      return (
        split.map((one) => decodeEnvelope(one)!.sequence).join() ===
        sizes.map((_, at) => at + 1).join()
      );
    });
    expect(fc.check(story, { numRuns: 20 }).failed).toBe(false);
  });
});

describe('what waits to depart', () => {
  const make = (bytes: number) => () => new Uint8Array(bytes);

  it('is sent at once if it is prompt, and takes the others with it', () => {
    const outgoing = emptyOutgoing();
    queueAgeing(outgoing, 'beacon', make(100), 0);
    queueAgeing(outgoing, 'bid', make(100), 0);
    expect(takeAt(outgoing, 50)).toBe('');
    queueAgeing(outgoing, 'intent', make(100), 60);
    // By rank: a promise first.
    expect(takeAt(outgoing, 60)).toBe('intent bid beacon');
    expect(takeAt(outgoing, 1000)).toBe('');
  });

  it('waits no longer than a fifth of a second for company, and not at all in a hurry', () => {
    const outgoing = emptyOutgoing();
    queueAgeing(outgoing, 'beacon', make(100), 0);
    expect(takeAt(outgoing, 199)).toBe('');
    expect(takeAt(outgoing, 200)).toBe('beacon');
    queueAgeing(outgoing, 'beacon', make(100), 300);
    outgoing.hurry = true;
    expect(takeAt(outgoing, 300)).toBe('beacon');
  });

  it('ages no more often than the pace allows, but in a hurry; what lasts does not wait for it', () => {
    const outgoing = emptyOutgoing();
    const departed: number[] = [];
    for (let nowMs = 0; nowMs < 4000; nowMs += 50) {
      queueAgeing(outgoing, 'intent', make(100), nowMs);
      if (takeAt(outgoing, nowMs, 1000) === 'intent') departed.push(nowMs);
    }
    // After a pause the second may come half a step early; from then on the pace holds.
    expect(departed).toEqual([0, 500, 1500, 2500, 3500]);
    queueAgeing(outgoing, 'intent', make(100), 4100);
    queueLasting(outgoing, 'taskReport', envelope(50), 4100);
    expect(takeAt(outgoing, 4100, 1000)).toBe('taskReport');
    outgoing.hurry = true;
    expect(takeAt(outgoing, 4150, 1000)).toBe('intent');
  });

  it('is replaced by its newer self, made only when it departs', () => {
    const outgoing = emptyOutgoing();
    const departures: number[] = [];
    const note = (name: number) => (departureMs: number) => {
      departures.push(name, departureMs);
      return new Uint8Array(10);
    };
    queueAgeing(outgoing, 'intent', note(1), 0);
    queueAgeing(outgoing, 'intent', note(2), 10);
    expect(takeAt(outgoing, 40)).toBe('intent');
    expect(departures).toEqual([2, 40]);
  });

  it('keeps to its budget, except for the orders of people', () => {
    const outgoing = emptyOutgoing();
    let bytes = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 50) {
      queueAgeing(outgoing, 'intent', make(4000), nowMs);
      const departures = takeDepartures(outgoing, nowMs, 50, () => envelope(4000));
      bytes += departures.reduce((sum, one) => sum + one.envelope.length, 0);
    }
    expect(bytes).toBeLessThan(1.1 * (48_000 + 60 * 12_000));
    expect(bytes).toBeGreaterThan(0.9 * 60 * 12_000);
    for (let at = 0; at < 20; at += 1) queueLasting(outgoing, 'taskReport', envelope(4000), 60_000);
    takeAt(outgoing, 60_000);
    const waiting = outgoing.lasting.length;
    expect(waiting).toBeGreaterThan(10);
    queueLasting(outgoing, 'directive', envelope(30), 60_000);
    expect(takeAt(outgoing, 60_000)).toBe('directive');
    expect(outgoing.lasting).toHaveLength(waiting);
  });

  it('is bounded: the oldest of a long queue is left to repair', () => {
    const outgoing = emptyOutgoing();
    for (let at = 0; at < 500; at += 1) queueLasting(outgoing, 'finding', envelope(10, at), 0);
    expect(outgoing.lasting).toHaveLength(256);
    expect(decodeEnvelope(outgoing.lasting[0]!.envelope)!.sequence).toBe(244);
  });
});
