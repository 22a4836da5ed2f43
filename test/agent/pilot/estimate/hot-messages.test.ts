import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOT, isHot } from '#agent/pilot/estimate/hot-messages.ts';
import { TelemetryStore } from '#agent/pilot/estimate/telemetry.ts';
import { STREAM_RATES } from '#agent/pilot/tick.ts';
import { decode } from '#protocols/mavlink/codec.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';

const OFTEN_HZ = 10;

/** Payloads of any length, floats among them that are not finite, and times that go on and jump. */
const payload = fc
  .tuple(fc.integer({ min: 0, max: 5000 }), fc.uint8Array({ maxLength: 60 }), fc.boolean())
  .map(([bootMs, rest, calm]) => {
    const bytes = new Uint8Array(4 + rest.length);
    new DataView(bytes.buffer).setUint32(0, bootMs, true);
    bytes.set(calm ? rest.map((byte) => byte & 0x3f) : rest, 4);
    return bytes;
  });

const packet = fc
  .tuple(fc.constantFrom(...Object.values(HOT).map(({ msgid }) => msgid)), payload)
  .map(([msgid, bytes]): Frame => ({
    sysid: 1,
    compid: 1,
    sequence: 0,
    msgid,
    payload: bytes,
    bytes,
  }));

test('telemetry read from the bytes is what the decoded messages say, after any packets', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(packet, fc.nat({ max: 500 })), { minLength: 1, maxLength: 40 }),
      (packets) => {
        const byFields = new TelemetryStore();
        const byClasses = new TelemetryStore();
        let nowMs = 1000;
        for (const [frame, afterMs] of packets) {
          nowMs += afterMs;
          byFields.hear(frame, nowMs);
          byClasses.update(decode(frame)!, nowMs);
          expect(byFields.latest).toStrictEqual(byClasses.latest);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('what the pilot asks for ten times a second and more is read so', () => {
  const often = [...STREAM_RATES].filter(([, rateHz]) => rateHz >= OFTEN_HZ);
  expect(often.length).toBeGreaterThan(0);
  expect(often.filter(([msgid]) => !isHot(msgid))).toEqual([]);
});
