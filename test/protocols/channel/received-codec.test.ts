import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Received } from '#protocols/channel/mesh-messages.ts';
import { decodeReceived, encodeReceived } from '#protocols/channel/received-codec.ts';
import { Fault } from '#protocols/fault.ts';
import { decodePayload, encodePayload } from '#protocols/gossip/codec.ts';
import { topicPayload } from '../gossip/arbitraries.ts';

const timeMs = fc.double({ noNaN: true });

/** With the payload as a mesh process reads it. */
const received: fc.Arbitrary<{ one: Received; travelled: Uint8Array }> = fc
  .record({
    said: topicPayload,
    author: fc.nat({ max: 0xffff }),
    bootEpoch: fc.nat({ max: 0xffff_ffff }),
    sequence: fc.nat({ max: 0xffff_ffff }),
    sentMs: timeMs,
    receivedMs: timeMs,
    clockOffsetMs: timeMs,
    clockErrorMs: timeMs,
  })
  .map(({ said: { topic, payload }, ...header }) => {
    const travelled = encodePayload(topic, payload);
    const decoded = decodePayload(topic, travelled);
    if (!decoded.ok) throw new Error(decoded.detail);
    return { one: { topic, ...header, payload: decoded.payload } as Received, travelled };
  });

describe('an admitted message on its way to the mind', () => {
  it('arrives as the mesh process read it, from the bytes as they travelled or without them', () => {
    fc.assert(
      fc.property(received, ({ one, travelled }) => {
        const frame = encodeReceived(one, travelled);
        expect(decodeReceived(frame)).toEqual(one);
        expect(encodeReceived(one)).toEqual(frame);
      }),
    );
  });

  it('spoiled, is a fault or another message, and never anything else', () => {
    fc.assert(
      fc.property(received, fc.nat(), fc.nat({ max: 255 }), ({ one, travelled }, at, byte) => {
        const frame = encodeReceived(one, travelled);
        frame[at % frame.length] = byte;
        try {
          expect(decodeReceived(frame).topic).toBeTypeOf('string');
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });

  it('of arbitrary bytes is a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeReceived(bytes)).toThrow(Fault);
      }),
    );
  });
});
