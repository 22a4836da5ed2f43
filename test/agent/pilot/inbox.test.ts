import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePilotInbox, sentPackets } from '#agent/pilot/inbox.ts';
import { Fault } from '#protocols/fault.ts';

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
