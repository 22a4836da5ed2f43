import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { encodeFrame, FRAME_CAP_BYTES, FrameSplitter } from '#protocols/channel/frame.ts';

const frames = fc.array(
  fc.record({ type: fc.nat(255), payload: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 8 },
);

describe('the frames between processes', () => {
  it('arrive whole and in order however the stream is cut', () => {
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (sent, cuts) => {
          const stream = Buffer.concat(sent.map((frame) => encodeFrame(frame.type, frame.payload)));
          const splitter = new FrameSplitter();
          const received = [];
          for (let offset = 0, turn = 0; offset < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length]!;
            received.push(...splitter.push(stream.subarray(offset, offset + size)));
            offset += size;
          }
          expect(received.map((frame) => [frame.type, [...frame.payload]])).toEqual(
            sent.map((frame) => [frame.type, [...frame.payload]]),
          );
        },
      ),
    );
  });

  it('refuse a length beyond the cap instead of waiting for it', () => {
    const header = new Uint8Array(5);
    new DataView(header.buffer).setUint32(0, FRAME_CAP_BYTES + 1, true);
    expect(() => new FrameSplitter().push(header)).toThrowError(/claims/u);
  });
});
