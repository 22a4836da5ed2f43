import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodePilotInbox,
  encodePilotInbox,
  encodePilotOutbox,
  sentPackets,
} from '#agent/pilot/inbox.ts';
import { encodeFrame } from '#protocols/channel/frame.ts';
import { Fault } from '#protocols/fault.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { seededRandom } from '#protocols/random.ts';
import { onboardTraffic } from '../../fuzz/mavlink/traffic.ts';

const packets = fc
  .tuple(fc.nat({ max: 6 }), fc.nat())
  .map(([count, seed]) => onboardTraffic(count, seededRandom(seed)));

const frames = fc.array(
  fc.record({ type: fc.nat({ max: 255 }), payload: fc.uint8Array({ maxLength: 700 }) }),
  { maxLength: 4 },
);

const framed = (wire: readonly Uint8Array[]): Frame[] =>
  wire.map((packet) => {
    const framer = new Framer();
    framer.push(packet);
    return framer.next()!;
  });

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

test('what a tick took in is recorded so that it can be read again, byte for byte', () => {
  fc.assert(
    fc.property(packets, frames, (wire, channel) => {
      const inbox = { packets: framed(wire), frames: channel };
      const bytes = encodePilotInbox(inbox);
      expect(decodePilotInbox(bytes)).toEqual(inbox);
      const joined = Buffer.concat(wire);
      const spoken = channel.map(({ type, payload }) => encodeFrame(type, payload));
      expect(Buffer.concat([u32(joined.length), joined, ...spoken]).equals(bytes)).toBe(true);
    }),
  );
});

test('what a tick sent is packets, then frames, then the memory', () => {
  fc.assert(
    fc.property(
      packets,
      frames,
      fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined }),
      (wire, channel, memory) => {
        const bytes = encodePilotOutbox({ packets: wire, frames: channel, memory });
        expect(sentPackets(bytes).map((frame) => Buffer.from(frame.bytes))).toEqual(
          wire.map((packet) => Buffer.from(packet)),
        );
        const joined = Buffer.concat(wire);
        const said = Buffer.concat(channel.map(({ type, payload }) => encodeFrame(type, payload)));
        const whole = [
          u32(joined.length),
          joined,
          u32(said.length),
          said,
          memory ?? u32(0).subarray(4),
        ];
        expect(Buffer.concat(whole).equals(bytes)).toBe(true);
      },
    ),
  );
});

test.each([decodePilotInbox, sentPackets])(
  'a recorded tick of arbitrary bytes is read or refused by a Fault: %s',
  (decode) => {
    const lied = fc.tuple(fc.nat({ max: 0xffff_ffff }), fc.uint8Array()).map(([length, rest]) => {
      const bytes = new Uint8Array(4 + rest.length);
      new DataView(bytes.buffer).setUint32(0, length, true);
      bytes.set(rest, 4);
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), lied), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 1000 },
    );
  },
);
