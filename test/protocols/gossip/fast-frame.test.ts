import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  bundleRoom,
  encodeFrame,
  hopsOf,
  MAX_FRAME_BYTES,
  openFrame,
  readHeader,
  relayedFrame,
  type FastFrame,
} from '#protocols/gossip/fast-frame.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';

const key = newGroupKey();
const frames: fc.Arbitrary<FastFrame> = fc.record({
  sender: fc.nat(65_535),
  rosterEpoch: fc.nat(),
  bootEpoch: fc.nat(),
  counter: fc.nat(),
  isUrgent: fc.boolean(),
  number: fc.nat(65_535),
  paceMs: fc.nat(255).map((units) => 20 * units),
  hearing: fc.uint8Array({ maxLength: 64 }),
  ownDigest: fc.nat(),
  bundle: fc.uint8Array({ maxLength: bundleRoom(64) }),
});

describe('a frame of the fast lane', () => {
  it('opens as what was sealed, at every hop, and fits a datagram', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const bytes = encodeFrame(frame, key);
        expect(bytes.length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
        expect(openFrame(bytes, key)).toEqual(frame);
        const relayed = relayedFrame(Buffer.from(bytes));
        expect([hopsOf(bytes), hopsOf(relayed)]).toEqual([0, 1]);
        expect(openFrame(Buffer.from(relayed), key)).toEqual(frame);
      }),
    );
  });

  it('is nothing under another key, cut short, longer, or with any bit turned but those of the hops', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.nat(7), (frame, place, bit) => {
        const bytes = encodeFrame(frame, key);
        expect(openFrame(bytes, newGroupKey())).toBeUndefined();
        const at = place % bytes.length;
        expect(openFrame(bytes.subarray(0, at), key)).toBeUndefined();
        expect(openFrame(Buffer.concat([bytes, Buffer.alloc(1)]), key)).toBeUndefined();
        if (at === 1) return;
        const turned = Uint8Array.from(bytes);
        turned[at]! ^= 1 << bit;
        expect(openFrame(turned, key)).toBeUndefined();
      }),
    );
  });

  it('that is no frame at all is told by its form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        if (bytes[0] !== 0x46) expect(readHeader(bytes)).toBeUndefined();
        expect(openFrame(bytes, key)).toBeUndefined();
      }),
    );
  });
});
