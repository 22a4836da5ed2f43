import {
  CommandLong,
  MavCmd,
  SetPositionTargetLocalNed,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { expect, test } from 'vitest';

import { heardMessages } from '#agent/pilot/heard-messages.ts';
import { sentPackets } from '#agent/pilot/inbox.ts';
import { STREAM_RATES } from '#agent/pilot/tick.ts';
import { decode, Encoder, messageShape } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { seededRandom, type Random } from '#protocols/random.ts';
import { vector3 } from '#protocols/vector.ts';
import { airborne, Sortie } from './sortie.ts';

const HEARD = [...heardMessages(STREAM_RATES)].filter((msgid) => messageShape(msgid) !== undefined);

/** Bytes of which NaN, infinities, extremes, −1 and zero are made, and any others. */
const BYTES = [0xff, 0x7f, 0x80, 0x00, 0x7f, 0xff];

const noise = (random: Random, bytes: number): Uint8Array => {
  const run = random.uniform() < 0.5;
  let value = 0;
  return Uint8Array.from({ length: bytes }, (_, at) => {
    if (run && at % 4 !== 0) return at % 4 === 3 ? 0x7f : value;
    value =
      random.uniform() < 0.6
        ? BYTES[Math.floor(random.uniform() * BYTES.length)]!
        : Math.floor(256 * random.uniform());
    return value;
  });
};

/** A well-formed packet of the vehicle's own id with anything in it; some bytes of a real one, or all. */
const madFrame = (random: Random, like: Frame | undefined): Frame => {
  const msgid = like?.msgid ?? HEARD[Math.floor(random.uniform() * HEARD.length)]!;
  // The vehicle also sends what no class is there for, such as its events.
  const payloadBytes = messageShape(msgid)?.payloadBytes ?? like!.payload.length;
  const payload = noise(random, payloadBytes);
  if (like !== undefined && random.uniform() < 0.7) {
    // All but one field, or so.
    const from = Math.floor(random.uniform() * payloadBytes);
    const until = from + 4 + Math.floor(8 * random.uniform());
    for (let at = 0; at < payloadBytes; at += 1) {
      if (at < from || at >= until) payload[at] = like.payload[at] ?? 0;
    }
  }
  const frame: Frame = { ...(like ?? anyFrame()), msgid, payload };
  return frame;
};

const encoder = new Encoder(1, 1);

/** Of the vehicle's own ids. */
const anyFrame = (): Frame => {
  const framer = new Framer();
  framer.push(encoder.encode(new Heartbeat()));
  return framer.next()!;
};

/** Everything that moves the vehicle is looked at, tick by tick; nothing throws. */
const madden = (sortie: Sortie, seconds: number): number => {
  let setpoints = 0;
  const endMs = sortie.nowMs + 1000 * seconds;
  while (sortie.nowMs < endMs) {
    sortie.tick();
    for (const frame of sentPackets(sortie.recorded.at(-1)!.outbox)) {
      const message = decode(frame);
      if (!(message instanceof SetPositionTargetLocalNed)) continue;
      setpoints += 1;
      const { vx, vy, vz, yaw } = message;
      expect(Number.isFinite(vx + vy + vz + yaw)).toBe(true);
      expect(Math.sqrt(vx * vx + vy * vy)).toBeLessThanOrEqual(8.001);
      expect(vz).toBeLessThanOrEqual(2.001);
      expect(vz).toBeGreaterThanOrEqual(-3.001);
      expect(Math.abs(yaw)).toBeLessThanOrEqual(3.2);
    }
    sortie.recorded.length = 0;
  }
  return setpoints;
};

const armings = (sortie: Sortie): number =>
  sortie.sent.filter(({ frame }) => {
    const message = decode(frame);
    return (
      message instanceof CommandLong &&
      message.command === MavCmd.COMPONENT_ARM_DISARM &&
      message._param1 === 1
    );
  }).length;

test('whatever the vehicle says of itself, every setpoint is finite and inside the envelope', () => {
  let setpoints = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = seededRandom(seed).fork('mad');
    const sortie = airborne(vector3(2, 0, 0));
    const share = [0.002, 0.02, 0.2][seed % 3]!;
    sortie.onTheWay = (frame) => {
      // The heartbeat stays: a vehicle that seems disarmed ends the flight at once.
      if (frame.msgid === 0 || random.uniform() > share) return frame;
      return madFrame(random, frame);
    };
    setpoints += madden(sortie, 8);
    for (let extra = 0; extra < 150; extra += 1) {
      const frame = madFrame(random, undefined);
      if (frame.msgid !== 0 && frame.msgid !== 436) sortie.hear(frame);
      setpoints += madden(sortie, 0.04);
    }
    expect(armings(sortie)).toBe(1);
  }
  expect(setpoints).toBeGreaterThan(500);
}, 120_000);

test('nor does any of it arm a vehicle that nobody ordered to fly', () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const random = seededRandom(seed).fork('ground');
    const sortie = new Sortie();
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.mind = (one) => one.hearMesh();
    sortie.run(8);
    for (let extra = 0; extra < 300; extra += 1) {
      sortie.hear(madFrame(random, undefined));
      madden(sortie, 0.04);
    }
    expect(armings(sortie)).toBe(0);
  }
}, 120_000);
