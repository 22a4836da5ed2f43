import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandLong, Attitude, StatusText } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { packetChecksum } from '#protocols/mavlink/checksum.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, MAX_FRAME_BYTES } from '#protocols/mavlink/framer.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';

const drain = (framer: Framer): Frame[] => {
  const frames: Frame[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
  return frames;
};

const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A telemetry stream as a vehicle would send it: packets of three kinds and of many lengths. */
const stream = (count: number): Uint8Array[] => {
  const encoder = new Encoder(3, 1);
  return Array.from({ length: count }, (_, index) => {
    if (index % 3 === 0) {
      const heartbeat = new Heartbeat();
      heartbeat.customMode = index * 7919;
      heartbeat.mavlinkVersion = 3;
      return encoder.encode(heartbeat);
    }
    if (index % 3 === 1) {
      const attitude = new Attitude();
      attitude.timeBootMs = index;
      attitude.roll = Math.sin(index);
      attitude.yaw = index;
      return encoder.encode(attitude);
    }
    const text = new StatusText();
    text.text = 'x'.repeat(index % 50);
    return encoder.encode(text);
  });
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Writes the checksum that an unsigned packet should have. */
const seal = (packet: Uint8Array, crcExtra: number): void => {
  const end = packet.length - 2;
  const checksum = packetChecksum(packet, 1, end, crcExtra);
  packet.set([checksum & 0xff, checksum >> 8], end);
};

describe('a strict framer', () => {
  test('finds every packet however the bytes are cut', () => {
    const packets = stream(40);
    const bytes = join(packets);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 60 }), (sizes) => {
        const framer = new Framer();
        const frames: Frame[] = [];
        let at = 0;
        for (const size of [...sizes, bytes.length]) {
          framer.push(bytes.subarray(at, at + size));
          at = Math.min(bytes.length, at + size);
          frames.push(...drain(framer));
        }
        expect(frames.map((frame) => hex(frame.bytes))).toEqual(packets.map(hex));
        expect(framer.counts).toMatchObject({
          framesGood: packets.length,
          bytesSkipped: 0,
          crcErrors: 0,
        });
      }),
    );
  });

  test('finds every packet between pieces of noise that hold no packet of their own', () => {
    const packets = stream(12);
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 13, maxLength: 13 }),
        (noises) => {
          const framer = new Framer();
          framer.push(join(noises.flatMap((noise, index) => [noise, packets[index] ?? noise])));
          framer.endDatagram();
          const found = new Set(drain(framer).map((frame) => hex(frame.bytes)));
          for (const packet of packets) expect(found).toContain(hex(packet));
        },
      ),
    );
  });

  test('loses only the packets that were damaged, whatever bytes are lost or flipped', () => {
    const packets = stream(30);
    const damage = fc.record({
      packet: fc.integer({ min: 0, max: packets.length - 1 }),
      at: fc.nat({ max: MAX_FRAME_BYTES }),
      flip: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 8 }), (damages) => {
        const parts: Uint8Array[] = packets.map((packet) => Uint8Array.from(packet));
        const hurt = new Set<number>();
        for (const { packet, at, flip } of damages) {
          const part = parts[packet]!;
          const index = at % Math.max(part.length, 1);
          // flip 0 stands for a lost byte
          if (flip === 0) parts[packet] = part.filter((_, place) => place !== index);
          else part[index] = part[index]! ^ flip;
          hurt.add(packet);
        }
        const framer = new Framer();
        framer.push(join(parts));
        framer.endDatagram();
        const found = new Set(drain(framer).map((frame) => hex(frame.bytes)));
        const unhurt = packets.filter((_, index) => !hurt.has(index)).map(hex);
        expect(unhurt.filter((packet) => !found.has(packet))).toEqual([]);
      }),
    );
  });

  test('never throws, and accounts for every byte it was given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 10 }),
        fc.array(fc.constantFrom(0xfd, 0xfe, 0, 1), { maxLength: 400 }),
        (chunks, starts) => {
          const framer = new Framer();
          const parts = [...chunks, Uint8Array.from(starts)];
          let taken = 0;
          for (const part of parts) {
            framer.push(part);
            for (const frame of drain(framer)) taken += frame.bytes.length;
          }
          framer.endDatagram();
          for (const frame of drain(framer)) taken += frame.bytes.length;
          const given = parts.reduce((sum, part) => sum + part.length, 0);
          expect(taken + framer.counts.bytesSkipped).toBe(given);
        },
      ),
    );
  });
});

describe('a hostile sender', () => {
  const heartbeats = stream(40).filter((_, index) => index % 3 === 0);

  test('swallows no later packet with a short datagram that claims a long unknown message', () => {
    const framer = new Framer();
    const forged = Uint8Array.from([0xfd, 255, 0, 0, 0, 1, 1, 0xff, 0xff, 0x7f, 0, 0]);
    framer.push(join([forged, heartbeats[0]!]));
    expect(drain(framer)).toHaveLength(1);
    expect(framer.counts.bytesSkipped).toBe(forged.length);
  });

  test('cannot hold back the next datagram with half a packet', () => {
    const framer = new Framer();
    framer.push(Uint8Array.from([0xfd, 255, 0, 0, 0, 1, 1, 0, 0, 0]));
    expect(drain(framer)).toHaveLength(0);
    framer.endDatagram();
    expect(drain(framer)).toHaveLength(0);
    expect(framer.counts.bytesSkipped).toBe(10);
    framer.push(heartbeats[0]!);
    expect(drain(framer)).toHaveLength(1);
  });

  test('fills no memory: unread bytes beyond the capacity push out the oldest', () => {
    const framer = new Framer(1000);
    const packets = stream(400);
    for (const packet of packets) framer.push(packet);
    framer.push(new Uint8Array(5000));
    for (const packet of packets.slice(0, 10)) framer.push(packet);
    const total = join(packets).length + 5000 + join(packets.slice(0, 10)).length;
    const frames = drain(framer);
    expect(frames.map((frame) => hex(frame.bytes))).toEqual(packets.slice(0, 10).map(hex));
    expect(framer.counts.bytesSkipped).toBe(total - join(packets.slice(0, 10)).length);
  });

  test('gains nothing by unknown flags, unknown messages or MAVLink 1, checksums right', () => {
    const framer = new Framer();
    const flagged = Uint8Array.from(heartbeats[0]!);
    flagged[2] = 0x02;
    seal(flagged, Heartbeat.MAGIC_NUMBER);
    const unknown = Uint8Array.from(heartbeats[0]!);
    unknown.set([0xff, 0xff, 0x7f], 7);
    seal(unknown, 0);
    const old = Uint8Array.from([0xfe, 9, 0, 1, 1, 0, 0, 0, 0, 0, 2, 12, 0x81, 4, 3, 0, 0]);
    seal(old, Heartbeat.MAGIC_NUMBER);
    framer.push(join([flagged, unknown, old, heartbeats[1]!]));
    expect(drain(framer).map((frame) => hex(frame.bytes))).toEqual([hex(heartbeats[1]!)]);
  });
});

test('a signed packet is framed whole and its signature handed over unverified', () => {
  const plain = new Encoder(9, 190).encode(new CommandLong());
  const signature = Uint8Array.from({ length: 13 }, (_, index) => index);
  const signed = join([plain, signature]);
  signed[2] = 0x01;
  const checksum = packetChecksum(signed, 1, plain.length - 2, CommandLong.MAGIC_NUMBER);
  signed[plain.length - 2] = checksum & 0xff;
  signed[plain.length - 1] = checksum >> 8;
  const framer = new Framer();
  framer.push(signed);
  const frame = framer.next()!;
  expect(frame.signature).toEqual(signature);
  expect(hex(frame.bytes)).toBe(hex(signed));
  expect(frame.payload).toHaveLength(plain.length - 12);
});

test('a frame is a copy: the sender may reuse its array', () => {
  const bytes = Uint8Array.from(stream(1)[0]!);
  const framer = new Framer();
  framer.push(bytes);
  const frame = framer.next()!;
  const before = hex(frame.bytes);
  bytes.fill(0);
  framer.push(new Uint8Array(2048).fill(7));
  framer.next();
  expect(hex(frame.bytes)).toBe(before);
});
