import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimeSync } from 'mavlink-mappings/dist/lib/common.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { TimesyncClient } from '#protocols/mavlink/timesync.ts';
import { seededRandom } from '#protocols/random.ts';
import { SessionRig } from './stand-in-link.ts';
import { hasRecordings, recordingOf } from './tlog-packets.ts';

const VEHICLE = { sysid: 1, compid: 1 };

/** A vehicle whose clock runs `offsetMs` ahead, over a wire with delays there and back. */
class ClockRig {
  readonly client = new TimesyncClient(VEHICLE);
  offsetMs: number;
  readonly #delayMs: () => number;
  readonly #under: { atMs: number; message: TimeSync }[] = [];
  nowMs = 50_000;

  constructor(offsetMs: number, delayMs: () => number) {
    this.offsetMs = offsetMs;
    this.#delayMs = delayMs;
  }

  run(seconds: number): this {
    for (const endMs = this.nowMs + seconds * 1000; this.nowMs < endMs; this.nowMs += 5) {
      for (const { ts1, tc1 } of this.client.tick(this.nowMs).send) {
        if (tc1 !== 0n) continue;
        const thereMs = this.nowMs + this.#delayMs();
        const message = new TimeSync();
        message.ts1 = ts1;
        message.tc1 = BigInt(Math.round((thereMs + this.offsetMs) * 1e6));
        this.#under.push({ atMs: thereMs + this.#delayMs(), message });
      }
      for (const { atMs, message } of this.#under.filter(({ atMs }) => atMs <= this.nowMs)) {
        this.client.hear(message, VEHICLE, atMs);
      }
      this.#under.splice(
        0,
        this.#under.length,
        ...this.#under.filter(({ atMs }) => atMs > this.nowMs),
      );
    }
    return this;
  }
}

describe('the vehicle clock', () => {
  test('is found within the error that is claimed, though the link delays at random', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed).fork('delay');
      const rig = new ClockRig(-48_765.4, () => 1 + 60 * random.uniform() ** 4);
      rig.run(4);
      const found = rig.client.offset!;
      expect(Math.abs(found.offsetMs - rig.offsetMs)).toBeLessThanOrEqual(found.errorMs + 0.001);
      expect(found.errorMs).toBeLessThan(10);
    }
  });

  test('that starts again from zero is found again', () => {
    const rig = new ClockRig(3000, () => 2);
    rig.run(3);
    expect(rig.client.offset?.offsetMs).toBeCloseTo(3000, 1);
    rig.offsetMs = -52_000;
    rig.run(8);
    expect(rig.client.offset?.offsetMs).toBeCloseTo(-52_000, 1);
  });

  test('is not moved by an answer to nobody, a second answer, or one from elsewhere', () => {
    const client = new TimesyncClient(VEHICLE);
    const [asked] = client.tick(1000).send;
    const answer = new TimeSync();
    answer.ts1 = asked!.ts1;
    answer.tc1 = 5_000_000_000n;
    client.hear(answer, { sysid: 9, compid: 1 }, 1004);
    expect(client.offset).toBeUndefined();
    const stranger = Object.assign(new TimeSync(), { ts1: 77n, tc1: 99_000_000n });
    client.hear(stranger, VEHICLE, 1004);
    expect(client.offset).toBeUndefined();
    client.hear(answer, VEHICLE, 1004);
    client.hear(answer, VEHICLE, 9000);
    expect(client.offset).toMatchObject({ offsetMs: 3998, roundTripMs: 4, samples: 1 });
  });

  test('questions of the vehicle are answered with our time and theirs', () => {
    const client = new TimesyncClient(VEHICLE);
    client.tick(0);
    const question = Object.assign(new TimeSync(), { tc1: 0n, ts1: 123_456n });
    client.hear(question, VEHICLE, 2.5);
    expect(client.tick(3).send).toMatchObject([{ tc1: 2_500_000n, ts1: 123_456n }]);
  });

  test('arbitrary packets neither crash nor grow it', () => {
    const client = new TimesyncClient(VEHICLE);
    const packet = fc.record({ tc1: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), ts1: fc.bigInt() });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), fc.nat(1e6), (packets, nowMs) => {
        for (const one of packets) client.hear(Object.assign(new TimeSync(), one), VEHICLE, nowMs);
        expect(client.tick(nowMs).send.length).toBeLessThanOrEqual(9);
      }),
    );
  });
});

test('with the stand-in: its time since boot, seen from ours', () => {
  const rig = new SessionRig();
  rig.run(3);
  const found = rig.session.clockOffset!;
  // Both clocks of the rig began together; packets wait for the next pump.
  expect(Math.abs(found.offsetMs)).toBeLessThanOrEqual(found.errorMs + 4);
  expect(found.samples).toBeGreaterThan(8);
});

describe.skipIf(!hasRecordings)('the real PX4', () => {
  test('answers within milliseconds, with its time since boot', () => {
    const { vehicle, client: asked } = recordingOf('boot-params');
    const questions = asked
      .map(({ atMs, frame }) => ({ atMs, message: decode(frame) }))
      .filter(({ message }) => message instanceof TimeSync && message.tc1 === 0n);
    expect(questions).toHaveLength(3);
    const client = new TimesyncClient(VEHICLE, { fastMs: 0 });
    let heard = 0;
    for (const { atMs, message } of questions) {
      const { ts1 } = message as TimeSync;
      const sentMs = Number(ts1) / 1e6;
      const answer = vehicle.find(({ frame }) => {
        const said = frame.msgid === 111 ? decode(frame) : undefined;
        return said instanceof TimeSync && said.tc1 !== 0n && said.ts1 === ts1;
      });
      if (answer === undefined) continue;
      // Our client sends the very question that the recorded one did, at the time it names.
      const [sent] = client.tick(sentMs).send.slice(-1);
      const reply = decode(answer.frame) as TimeSync;
      client.hear(
        Object.assign(new TimeSync(), { tc1: reply.tc1, ts1: sent!.ts1 }),
        answer.frame,
        sentMs + (answer.atMs - atMs),
      );
      heard += 1;
    }
    expect(heard).toBe(questions.length);
    expect(client.offset?.roundTripMs).toBeGreaterThan(0);
    expect(client.offset?.roundTripMs).toBeLessThan(2);
  });
});
