import { expect, test } from 'vitest';
import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Inbox } from '#protocols/mavlink/inbox.ts';

test('an inbox that nobody reads holds on to at most twice its capacity', () => {
  const inbox = new Inbox({ capacityFrames: 10 });
  const encoder = new Encoder(1, 1);
  for (let count = 1; count <= 500; count += 1) {
    inbox.accept(encoder.encode(new Attitude()));
    expect(inbox.counts.framesGood - inbox.counts.framesDropped).toBeLessThanOrEqual(20);
  }
  expect(inbox.take().map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 10 }, (_, index) => (490 + index) % 256),
  );
  expect(inbox.counts.framesDropped).toBe(490);
});

test('half a packet at the end of a datagram spoils nothing of the next', () => {
  const inbox = new Inbox();
  const encoder = new Encoder(1, 1);
  expect(inbox.accept(encoder.encode(new Attitude()).subarray(0, 9))).toBe(0);
  expect(inbox.accept(encoder.encode(new Attitude()))).toBe(1);
  expect(inbox.counts.bytesSkipped).toBe(9);
});
