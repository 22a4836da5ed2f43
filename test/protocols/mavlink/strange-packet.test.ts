import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { MavLinkProtocolV1 } from 'node-mavlink';
import { describe, expect, test } from 'vitest';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { strangePacketAt } from '#protocols/mavlink/strange-packet.ts';

const version1 = (): Uint8Array => new MavLinkProtocolV1(1, 1).serialize(new Heartbeat(), 7);

/** A packet of a message id that no dialect has. */
const unknown = (): Uint8Array => {
  const packet = Uint8Array.from(new Encoder(1, 1).encode(new Heartbeat()));
  packet[7] = 0x39;
  packet[8] = 0x30;
  packet[9] = 0xd4;
  return packet;
};

const good = (): Uint8Array => new Encoder(1, 1).encode(new Attitude());

const countsAfter = (pieces: Uint8Array[]): Framer['counts'] => {
  const framer = new Framer();
  for (const piece of pieces) {
    framer.push(piece);
    while (framer.next() !== undefined);
  }
  return framer.counts;
};

describe('what a framer skips and still names', () => {
  test('a MAVLink 1 peer', () => {
    const counts = countsAfter([version1(), Buffer.concat([good(), version1(), version1()])]);
    expect(counts).toMatchObject({ framesGood: 1, mavlink1Packets: 3, unknownMessages: 0 });
  });

  test('messages of a dialect that nobody here has', () => {
    const counts = countsAfter([Buffer.concat([unknown(), good(), unknown()]), unknown()]);
    expect(counts).toMatchObject({ framesGood: 1, mavlink1Packets: 0, unknownMessages: 3 });
  });

  test('not a damaged MAVLink 1 packet, nor noise', () => {
    const damaged = version1();
    damaged[8] = damaged[8]! ^ 1;
    expect(strangePacketAt(damaged, 0, damaged.length)).toBeUndefined();
    for (let cut = 0; cut < damaged.length; cut += 1) {
      expect(strangePacketAt(version1(), 0, cut)).toBeUndefined();
    }
    let state = 1;
    const noise = Uint8Array.from({ length: 200_000 }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state >>> 16;
    });
    const counts = countsAfter([noise]);
    expect(counts.mavlink1Packets + counts.unknownMessages).toBeLessThan(5);
  });
});
