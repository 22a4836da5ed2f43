import { describe, expect, test } from 'vitest';
import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { Encoder, decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { AutopilotTracker, companionHeartbeat } from '#protocols/mavlink/heartbeat.ts';

const PX4 = 12;

/** One side's packets as they arrive, each with its own sequence number. */
class Sender {
  readonly #encoder: Encoder;
  readonly #framer = new Framer();

  constructor(sysid: number, compid: number) {
    this.#encoder = new Encoder(sysid, compid);
  }

  tell(tracker: AutopilotTracker, message: MavLinkData, nowMs: number): boolean {
    this.#framer.push(this.#encoder.encode(message));
    const frame = this.#framer.next()!;
    return tracker.observe(frame, decode(frame), nowMs);
  }

  lose(count: number): void {
    for (let index = 0; index < count; index += 1) this.#encoder.encode(new Attitude());
  }
}

const heartbeatOf = (fields: Record<string, number>): Heartbeat =>
  Object.assign(
    new Heartbeat(),
    { autopilot: PX4, type: 2, baseMode: 0x1d, systemStatus: 3 },
    fields,
  );

describe("the autopilot's heartbeat", () => {
  test('tells mode, arming and status, and goes stale', () => {
    const tracker = new AutopilotTracker(3, 2000);
    const vehicle = new Sender(3, 1);
    expect(tracker.status(0)).toMatchObject({
      connected: false,
      mode: undefined,
      armed: false,
      heartbeatAgeMs: Number.POSITIVE_INFINITY,
      linkQuality: 1,
    });
    vehicle.tell(
      tracker,
      heartbeatOf({ customMode: 0x60000, baseMode: 0x91, systemStatus: 4 }),
      1000,
    );
    expect(tracker.status(1500)).toEqual({
      connected: true,
      mode: 'OFFBOARD',
      customMode: 0x60000,
      armed: true,
      systemStatus: 4,
      heartbeatAgeMs: 500,
      packetAgeMs: 500,
      linkQuality: 1,
    });
    vehicle.tell(tracker, new Attitude(), 2900);
    expect(tracker.status(3001)).toMatchObject({
      connected: false,
      mode: 'OFFBOARD',
      heartbeatAgeMs: 2001,
      packetAgeMs: 101,
    });
  });

  test('is believed from nobody else', () => {
    const tracker = new AutopilotTracker(3);
    const forged = heartbeatOf({ customMode: 0x60000, baseMode: 0x91 });
    expect(new Sender(2, 1).tell(tracker, forged, 10)).toBe(false);
    expect(new Sender(3, 190).tell(tracker, forged, 10)).toBe(false);
    const stranger = heartbeatOf({ customMode: 0x60000, autopilot: 8 });
    expect(new Sender(3, 1).tell(tracker, stranger, 10)).toBe(true);
    expect(tracker.status(10)).toMatchObject({ connected: false, mode: undefined, armed: false });
  });
});

describe('the link quality', () => {
  test('is the share of packets that arrived, across the wrap of the sequence', () => {
    const tracker = new AutopilotTracker(1);
    const vehicle = new Sender(1, 1);
    for (let index = 0; index < 300; index += 1) {
      vehicle.tell(tracker, new Attitude(), index);
      vehicle.lose(1);
    }
    expect(tracker.status(300).linkQuality).toBeCloseTo(0.5, 1);
  });

  test('forgets old losses', () => {
    const tracker = new AutopilotTracker(1);
    const vehicle = new Sender(1, 1);
    vehicle.tell(tracker, new Attitude(), 0);
    vehicle.lose(100);
    for (let index = 0; index < 10_000; index += 1) vehicle.tell(tracker, new Attitude(), index);
    expect(tracker.status(0).linkQuality).toBeGreaterThan(0.99);
  });

  test('does not fall when packets overtake each other or come twice', () => {
    const tracker = new AutopilotTracker(1);
    const frame = {
      sysid: 1,
      compid: 1,
      msgid: 30,
      payload: new Uint8Array(),
      bytes: new Uint8Array(),
    };
    for (const sequence of [10, 11, 13, 12, 12, 14]) {
      tracker.observe({ ...frame, sequence }, undefined, 0);
    }
    expect(tracker.status(0).linkQuality).toBe(1);
  });
});

test('our own heartbeat is an onboard controller, no autopilot and no ground station', () => {
  const framer = new Framer();
  framer.push(new Encoder(245, 191).encode(companionHeartbeat()));
  expect(decode(framer.next()!)).toMatchObject({
    type: 18,
    autopilot: 8,
    baseMode: 0,
    customMode: 0,
    systemStatus: 4,
    mavlinkVersion: 3,
  });
});
