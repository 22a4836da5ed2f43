import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';

/** The system id of the vehicle at the far end. */
export const FAR_SYSID = 3;

/** A link that was opened, and the far end of it in the test's hand. */
export interface LinkWorld {
  link: VehicleLink;
  /** The far end says this, in one piece. */
  say(bytes: Uint8Array): void;
  /** All that the far end has heard so far. */
  heard(): Uint8Array;
  /** Breaks the connection at the far end, and lets it come back later. Only links that can be broken. */
  breakOff?(): Promise<void>;
  comeBack?(): Promise<void>;
  end(): Promise<void>;
}

export interface LinkTraits {
  /** Packets may be cut anywhere, and still arrive. */
  stream: boolean;
  /** `open` is told how many frames to keep for a late reader. */
  bounded: boolean;
}

export const PATIENCE = { timeout: 8000, interval: 5 };

/** A vehicle's packets: its heartbeat first, as links that wait for an autopilot need it. */
class FarVehicle {
  readonly #encoder = new Encoder(FAR_SYSID, 1);

  heartbeat(): Uint8Array {
    const heartbeat = Object.assign(new Heartbeat(), { autopilot: MavAutopilot.PX4 });
    return this.#encoder.encode(heartbeat);
  }

  attitudes(count: number): Uint8Array[] {
    return Array.from({ length: count }, (_, index) =>
      this.#encoder.encode(
        Object.assign(new Attitude(), { timeBootMs: index + 1, yawspeed: index / 7 }),
      ),
    );
  }
}

const framesIn = (bytes: Uint8Array): Frame[] => {
  const framer = new Framer();
  framer.push(bytes);
  const frames: Frame[] = [];
  for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
  return frames;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What the rest of the project relies on in any vehicle link, whatever carries it. */
export const linkCompliance = (
  name: string,
  { stream, bounded }: LinkTraits,
  open: (capacityFrames?: number) => Promise<LinkWorld>,
): void => {
  describe(`vehicle link over ${name}`, () => {
    let world: LinkWorld | undefined;
    afterEach(async () => {
      await world?.link.close();
      await world?.end();
      world = undefined;
    });

    /** Opened, and the vehicle's first heartbeat already read. */
    const start = async (capacityFrames?: number): Promise<LinkWorld & { far: FarVehicle }> => {
      const opened = await open(capacityFrames);
      world = opened;
      const far = new FarVehicle();
      opened.say(far.heartbeat());
      await vi.waitFor(() => expect(opened.link.receive()).toHaveLength(1), PATIENCE);
      return Object.assign(opened, { far });
    };

    const collect = async ({ link }: LinkWorld, count: number): Promise<Frame[]> => {
      const frames: Frame[] = [];
      await vi.waitFor(() => {
        frames.push(...link.receive());
        expect(frames.length).toBeGreaterThanOrEqual(count);
      }, PATIENCE);
      return frames;
    };

    test('what the vehicle says arrives whole, in order and once', async () => {
      const opened = await start();
      const packets = opened.far.attitudes(60);
      for (const packet of packets) opened.say(packet);
      const frames = await collect(opened, 60);
      expect(frames.map(({ bytes }) => hex(bytes))).toEqual(packets.map(hex));
      expect(opened.link.receive()).toEqual([]);
      expect(opened.link.counts).toMatchObject({ framesDropped: 0, crcErrors: 0 });
    });

    test('several packets in one piece all arrive', async () => {
      const opened = await start();
      opened.say(Buffer.concat(opened.far.attitudes(9)));
      expect(await collect(opened, 9)).toHaveLength(9);
    });

    test('what we say arrives whole and in order', async () => {
      const { link, heard } = await start();
      const mine = new Encoder(245, 191);
      const packets = Array.from({ length: 30 }, () => mine.encode(new Attitude()));
      const expected = packets.map(hex);
      for (const packet of packets) link.send(packet);
      await vi.waitFor(
        () => expect(framesIn(heard()).map(({ bytes }) => hex(bytes))).toEqual(expected),
        PATIENCE,
      );
      expect(link.counts.sendsFailed).toBe(0);
    });

    test('noise is passed over and costs no packet that follows it', async () => {
      const opened = await start();
      const [one, two] = opened.far.attitudes(2);
      // Its length claims more than there is; what it swallows at first is given back.
      opened.say(Buffer.concat([Buffer.from('fd0900 no MAVLink at all'), one!]));
      opened.say(Buffer.concat([two!, Buffer.from('!')]));
      expect((await collect(opened, 2)).map(({ bytes }) => hex(bytes))).toEqual(
        [one!, two!].map(hex),
      );
    });

    test.runIf(stream)('packets may be cut anywhere', async () => {
      const opened = await start();
      const packets = opened.far.attitudes(25);
      const bytes = Buffer.concat(packets);
      for (let at = 0; at < bytes.length; at += 7) {
        opened.say(bytes.subarray(at, at + 7));
        if (at % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await collect(opened, 25)).map((frame) => hex(frame.bytes))).toEqual(
        packets.map(hex),
      );
    });

    test.runIf(bounded)('a late reader gets the newest, and a count of the rest', async () => {
      const opened = await start(10);
      for (const packet of opened.far.attitudes(55)) opened.say(packet);
      await vi.waitFor(() => expect(opened.link.counts.framesGood).toBe(56), PATIENCE);
      expect(opened.link.receive().map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 10 }, (_, index) => 46 + index),
      );
      expect(opened.link.counts.framesDropped).toBe(45);
    });

    test('closed, it is silent both ways, and may be closed again', async () => {
      const opened = await start();
      await opened.link.close();
      await opened.link.close();
      const before = opened.heard().length;
      opened.link.send(new Encoder(245, 191).encode(new Heartbeat()));
      opened.say(opened.far.heartbeat());
      await new Promise((resolve) => {
        setTimeout(resolve, 30);
      });
      expect(opened.link.receive()).toEqual([]);
      expect(opened.heard().length).toBe(before);
    });

    test('broken off, it says why, and works again when the far end is back', async (context) => {
      const opened = await start();
      const { link, far, breakOff, comeBack } = opened;
      if (breakOff === undefined || comeBack === undefined) return context.skip();
      expect(link.outage).toBeUndefined();
      // Half a packet before the end must not spoil the first one after it.
      opened.say(far.attitudes(1)[0]!.subarray(0, 11));
      await breakOff();
      await vi.waitFor(() => expect(link.outage).toMatchObject({ exit: 'noLink' }), PATIENCE);
      expect(link.outage?.remedy).toBeTruthy();
      link.send(new Encoder(245, 191).encode(new Heartbeat()));
      expect(link.counts.sendsFailed).toBe(1);
      await comeBack();
      await vi.waitFor(() => expect(link.outage).toBeUndefined(), PATIENCE);
      expect(link.counts.reconnects).toBe(1);
      const before = opened.heard().length;
      opened.say(far.heartbeat());
      expect(await collect(opened, 1)).toMatchObject([{ sysid: FAR_SYSID, msgid: 0 }]);
      link.send(new Encoder(245, 191).encode(new Heartbeat()));
      await vi.waitFor(() => expect(opened.heard().length).toBeGreaterThan(before), PATIENCE);
    });
  });
};
