import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { ArmingReport } from '#protocols/mavlink/events/arming-report.ts';
import { EventClient } from '#protocols/mavlink/events/event-client.ts';
import { eventOf, type VehicleEvent } from '#protocols/mavlink/events/event-message.ts';
import { eventText } from '#protocols/mavlink/events/event-table.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { hasRecordings, recordingOf } from '../tlog-packets.ts';

const VEHICLE = { sysid: 1, compid: 1 };

const eventFrame = (sequence: number, id = 0x0102_089d) => {
  const payload = Buffer.alloc(53);
  payload.writeUInt32LE(id, 0);
  payload.writeUInt16LE(sequence, 8);
  payload[12] = 0x62;
  return { ...VEHICLE, msgid: 410, payload };
};

const currentFrame = (sequence: number, flags = 0) => {
  const payload = Buffer.alloc(3);
  payload.writeUInt16LE(sequence, 0);
  payload[2] = flags;
  return { ...VEHICLE, msgid: 411, payload };
};

const sequencesOf = (events: readonly VehicleEvent[]): number[] =>
  events.map(({ sequence }) => sequence);

/** First and last sequence of a REQUEST_EVENT, as they are on the wire. */
const askedFor = (client: EventClient, nowMs: number): number[][] =>
  client.tick(nowMs).send.map((message) => {
    const framer = new Framer();
    framer.push(new Encoder(245, 191).encode(message));
    const frame = framer.next()!;
    expect(frame.msgid).toBe(412);
    const payload = Buffer.alloc(6);
    payload.set(frame.payload);
    return [payload.readUInt16LE(0), payload.readUInt16LE(2)];
  });

describe('the sequence of events', () => {
  test('is given out in order, each once, over the end of the circle', () => {
    const client = new EventClient(VEHICLE);
    for (const sequence of [65_534, 65_535, 65_535, 0, 1]) client.hear(eventFrame(sequence));
    expect(sequencesOf(client.tick(0).events)).toEqual([65_534, 65_535, 0, 1]);
  });

  test('with a gap is asked for, and goes on when it comes', () => {
    const client = new EventClient(VEHICLE);
    client.hear(eventFrame(10));
    client.hear(eventFrame(13));
    expect(sequencesOf(client.tick(0).events)).toEqual([10]);
    client.hear(currentFrame(14));
    expect(askedFor(client, 250)).toEqual([[11, 12]]);
    client.hear(eventFrame(12));
    client.hear(eventFrame(11));
    expect(sequencesOf(client.tick(260).events)).toEqual([11, 12, 13]);
    expect(askedFor(client, 520)).toEqual([[14, 14]]);
  });

  test('that nobody can mend goes on without what is lost', () => {
    const client = new EventClient(VEHICLE);
    client.hear(eventFrame(10));
    client.hear(eventFrame(12));
    let lost = 0;
    const events: number[] = [];
    for (let nowMs = 0; nowMs < 3000; nowMs += 100) {
      const tick = client.tick(nowMs);
      lost += tick.lost;
      events.push(...sequencesOf(tick.events));
    }
    expect(lost).toBe(1);
    expect(events).toEqual([10, 12]);
  });

  test('begins with what is current, and again after a restart', () => {
    const client = new EventClient(VEHICLE);
    client.hear(currentFrame(500));
    expect(client.tick(0)).toEqual({ send: [], events: [], lost: 0 });
    client.hear(eventFrame(501));
    client.hear(currentFrame(3, 1));
    client.hear(eventFrame(4));
    expect(sequencesOf(client.tick(20).events)).toEqual([501, 4]);
  });

  test('of arbitrary packets is bounded and never repeats itself within a circle', () => {
    const one = fc.oneof(
      fc.nat(0xffff).map((sequence) => eventFrame(sequence)),
      fc.nat(200).map((sequence) => eventFrame(sequence)),
      fc.tuple(fc.nat(0xffff), fc.nat(3)).map(([sequence, flags]) => currentFrame(sequence, flags)),
      fc.record({
        sysid: fc.constant(1),
        compid: fc.constant(1),
        msgid: fc.constantFrom(410, 411, 413),
        payload: fc.uint8Array({ maxLength: 60 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 150 }), (frames) => {
        const client = new EventClient(VEHICLE);
        let given = 0;
        let nowMs = 0;
        for (const frame of frames) {
          client.hear(frame);
          nowMs += 30;
          const tick = client.tick(nowMs);
          given += tick.events.length;
          expect(tick.send.length).toBeLessThanOrEqual(1);
        }
        expect(given).toBeLessThanOrEqual(frames.length);
        for (let rest = 0; rest < 300; rest += 1) client.tick((nowMs += 250));
        expect(client.tick(nowMs + 250).send).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('texts', () => {
  test('have their arguments filled in', () => {
    const values = new Uint8Array(40);
    new DataView(values.buffer).setFloat32(0, 12, true);
    expect(eventText({ id: 0x013b_2fc7, arguments: values })?.text).toBe(
      'Using default takeoff altitude: 12.00 m',
    );
    values.fill(0);
    values[4] = 6;
    expect(eventText({ id: 0x01de_dbd0, arguments: values })?.text).toBe(
      'Failsafe activated: Autopilot disengaged, switching to RTL',
    );
    expect(eventText({ id: 0x01ff_ffff, arguments: values })).toBeUndefined();
  });
});

describe.skipIf(!hasRecordings)('what the real PX4 reported', () => {
  const play = (name: string) => {
    const { vehicle } = recordingOf(name);
    const client = new EventClient(vehicle[0]!.frame);
    const report = new ArmingReport();
    const said: string[] = [];
    const blocking: string[][] = [];
    const canArm: (boolean | undefined)[] = [];
    for (const { atMs, frame } of vehicle) {
      client.hear(frame);
      for (const event of client.tick(atMs).events) {
        const before = report.checks;
        if (!report.take(event)) {
          const known = eventText(event);
          if (known !== undefined && event.level <= 4) said.push(known.text);
        } else if (report.checks !== before) {
          blocking.push(report.blocking('AUTO_LOITER'));
          canArm.push(report.canArm('AUTO_LOITER'));
        }
      }
    }
    return { said, blocking, canArm };
  };

  test('before and after its estimator aligned: what keeps it from arming, then nothing', () => {
    const { said, blocking, canArm } = play('refused-commands');
    expect(canArm.slice(0, 3)).toEqual([false, false, true]);
    expect(blocking[0]).toEqual([
      'No valid attitude estimate',
      'No valid local position estimate',
      'No valid global position estimate',
    ]);
    expect(blocking[2]).toEqual([]);
    expect(said.slice(0, 2)).toEqual([
      'Arming denied: Resolve system health failures first',
      'Arming denied: Resolve system health failures first',
    ]);
  });

  test('events of the 1.18 snapshot are ordered and mostly known', () => {
    const { said, blocking } = play('v1.18beta-refused-commands');
    expect(said).toContain('Arming denied: Resolve system health failures first');
    expect(blocking.length).toBeGreaterThan(5);
  });

  test('no event decodes to a class of its own, and each is read from its bytes', () => {
    const events = recordingOf('refused-commands').vehicle.filter(({ frame }) => eventOf(frame));
    expect(events.length).toBeGreaterThan(100);
    expect(decode(events[0]!.frame)).toBeUndefined();
  });
});
