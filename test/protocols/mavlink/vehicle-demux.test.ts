import fc from 'fast-check';
import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { describe, expect, test } from 'vitest';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { companionHeartbeat } from '#protocols/mavlink/heartbeat.ts';
import { VehicleDemux, type Source } from '#protocols/mavlink/vehicle-demux.ts';

const at = (port: number): Source => ({ address: '127.0.0.1', port });

const px4 = (): Heartbeat =>
  Object.assign(new Heartbeat(), { autopilot: MavAutopilot.PX4, mavlinkVersion: 3 });

/** A vehicle's packets: a heartbeat, then attitudes that carry its own mark. */
class Sender {
  readonly #encoder: Encoder;
  readonly #mark: number;
  constructor(sysid: number, mark: number, compid = 1) {
    this.#encoder = new Encoder(sysid, compid);
    this.#mark = mark;
  }
  heartbeat(): Uint8Array {
    return this.#encoder.encode(px4());
  }
  attitude(): Uint8Array {
    return this.#encoder.encode(Object.assign(new Attitude(), { timeBootMs: this.#mark }));
  }
}

const marks = (demux: VehicleDemux, sysid: number): number[] =>
  demux
    .take(demux.lane(sysid))
    .map((frame) => decode(frame))
    .filter((message) => message instanceof Attitude)
    .map(({ timeBootMs }) => timeBootMs);

const listening = (demux: VehicleDemux, ...sysids: number[]): void => {
  for (const sysid of sysids) demux.lane(sysid).open = true;
};

describe('several vehicles on one port', () => {
  test('each is handed its own packets, however they are interleaved and cut', () => {
    const packet = fc.record({ who: fc.integer({ min: 1, max: 6 }), cut: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 200 }), (packets) => {
        const demux = new VehicleDemux();
        const senders = [1, 2, 3, 4, 5, 6].map((sysid) => new Sender(sysid, sysid * 1000));
        listening(demux, 1, 2, 3, 4, 5, 6);
        for (const [index, sender] of senders.entries()) {
          demux.accept(sender.heartbeat(), at(18_571 + index));
        }
        const whole = new Map<number, number>();
        for (const { who, cut } of packets) {
          const bytes = senders[who - 1]!.attitude();
          // A few datagrams are cut short: what they lose must not be taken from another vehicle.
          const arrived = cut < 10 ? bytes.subarray(0, cut) : bytes;
          demux.accept(arrived, at(18_570 + who));
          if (arrived.length === bytes.length) whole.set(who, (whole.get(who) ?? 0) + 1);
        }
        expect(demux.sysids).toEqual([1, 2, 3, 4, 5, 6]);
        for (let sysid = 1; sysid <= 6; sysid += 1) {
          const expected = Array.from({ length: whole.get(sysid) ?? 0 }, () => sysid * 1000);
          expect(marks(demux, sysid)).toEqual(expected);
        }
      }),
    );
  });

  test('a second vehicle with the same system id is named and never heard; the first one stays', () => {
    const demux = new VehicleDemux();
    listening(demux, 3);
    const first = new Sender(3, 111);
    const second = new Sender(3, 222);
    demux.accept(first.heartbeat(), at(18_572));
    demux.accept(second.heartbeat(), at(18_999));
    for (let count = 0; count < 5; count += 1) {
      demux.accept(second.attitude(), at(18_999));
      demux.accept(first.attitude(), at(18_572));
    }
    const lane = demux.lane(3);
    expect(marks(demux, 3)).toEqual([111, 111, 111, 111, 111]);
    expect(lane.source).toEqual(at(18_572));
    expect(lane.counts.datagramsForeign).toBe(6);
    expect(lane.rivals.list).toEqual([{ ...at(18_999), datagrams: 6, sysid: 3 }]);
  });

  test('two vehicles behind one radio share a source', () => {
    const demux = new VehicleDemux();
    listening(demux, 1, 2);
    const one = new Sender(1, 1);
    const two = new Sender(2, 2);
    demux.accept(Buffer.concat([one.heartbeat(), two.heartbeat()]), at(14_555));
    demux.accept(Buffer.concat([one.attitude(), two.attitude(), one.attitude()]), at(14_555));
    expect(marks(demux, 1)).toEqual([1, 1]);
    expect(marks(demux, 2)).toEqual([2]);
  });

  test('forwarded heartbeats of ground stations and companions claim no system id', () => {
    const demux = new VehicleDemux();
    listening(demux, 1, 255);
    demux.accept(new Encoder(255, 190).encode(px4()), at(18_571));
    demux.accept(new Encoder(1, 191).encode(companionHeartbeat()), at(18_999));
    demux.accept(new Encoder(7, 1).encode(companionHeartbeat()), at(18_999));
    expect(demux.sysids).toEqual([]);
    demux.accept(new Sender(1, 5).heartbeat(), at(18_571));
    expect(demux.sysids).toEqual([1]);
    // The agent's own heartbeat, which every instance forwards, makes no rival.
    demux.accept(new Encoder(1, 191).encode(companionHeartbeat()), at(18_572));
    expect(demux.lane(1).rivals.list).toEqual([]);
  });

  test('a flood from made-up ports costs bounded memory and crowds out nobody', () => {
    const demux = new VehicleDemux(16);
    listening(demux, 1);
    const vehicle = new Sender(1, 9);
    demux.accept(vehicle.heartbeat(), at(18_571));
    const spoof = new Sender(1, 666);
    for (let port = 20_000; port < 23_000; port += 1) {
      demux.accept(spoof.heartbeat(), at(port));
      demux.accept(new Uint8Array(100).fill(0xfd), at(port));
    }
    demux.accept(vehicle.attitude(), at(18_571));
    expect(marks(demux, 1)).toEqual([9]);
    expect(demux.lane(1).rivals.list).toHaveLength(8);
    expect(demux.lane(1).counts.datagramsForeign).toBe(3000);
  });

  test('a lane that nobody reads keeps nothing, one that is read late keeps the newest', () => {
    const demux = new VehicleDemux(4);
    listening(demux, 1);
    const one = new Sender(1, 1);
    const two = new Sender(2, 2);
    for (let count = 0; count < 100; count += 1) {
      demux.accept(one.heartbeat(), at(1));
      demux.accept(two.heartbeat(), at(2));
    }
    expect(demux.take(demux.lane(2))).toEqual([]);
    expect(demux.take(demux.lane(1)).map(({ sequence }) => sequence)).toEqual([96, 97, 98, 99]);
    expect(demux.lane(1).counts).toMatchObject({ framesGood: 100, framesDropped: 96 });
  });
});
