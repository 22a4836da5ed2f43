import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { Encoder, decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { AutopilotTracker } from '#protocols/mavlink/heartbeat.ts';
import { tlogRecords } from './tlog-records.ts';
import { baseModeOf, flightModeOf, isArmed } from '#protocols/mavlink/modes.ts';

/** Flights of the real PX4 (SITL v1.15.4 and a v1.18 snapshot), packets as they were on the wire. */
const FOLDER = fileURLToPath(new URL('../../../../shared/px4-traces/', import.meta.url));
const RECORDINGS = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((name) => name.endsWith('.tlog.gz'))
      .toSorted()
  : [];

const packetsOf = (name: string): Uint8Array[] =>
  tlogRecords(FOLDER + name).map(({ packet }) => packet);

/** Frames and messages of one recording, pushed in pieces that cut packets anywhere. */
const readAll = (packets: readonly Uint8Array[]) => {
  const framer = new Framer();
  const bytes = Buffer.concat(packets);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += 1471) {
    framer.push(bytes.subarray(at, at + 1471));
    for (let frame = framer.next(); frame; frame = framer.next()) frames.push(frame);
  }
  return { frames, counts: framer.counts };
};

/** Messages of PX4's dialect for which no class exists: framed by their recovered CRC extra. */
const WITHOUT_CLASS = new Set([8, 148, 290, 291, 345, 380, 410, 411, 441, 514]);

describe.skipIf(RECORDINGS.length === 0)('recordings of the real PX4', () => {
  test.each(RECORDINGS)('%s: every packet is framed, and decoded if it has a class', (name) => {
    const packets = packetsOf(name);
    const { frames, counts } = readAll(packets);
    expect(counts).toMatchObject({ framesGood: packets.length, bytesSkipped: 0, crcErrors: 0 });
    const undecoded = new Set<number>();
    for (const frame of frames) if (decode(frame) === undefined) undecoded.add(frame.msgid);
    expect([...undecoded].filter((msgid) => !WITHOUT_CLASS.has(msgid))).toEqual([]);
  });

  const flight = RECORDINGS.find(
    (name) => name.startsWith('arm-takeoff') && name.includes('fromfc'),
  );

  test.skipIf(flight === undefined)('what is encoded again is the same bytes', () => {
    const { frames } = readAll(packetsOf(flight!).slice(0, 5000));
    const encoder = new Encoder(frames[0]!.sysid, frames[0]!.compid);
    let compared = 0;
    for (const frame of frames) {
      const message: MavLinkData | undefined = decode(frame);
      if (message === undefined || hasNaN(message)) continue;
      const packet = encoder.encode(message);
      // Sequence and checksum are the sender's own.
      expect(packet.subarray(0, 4)).toEqual(frame.bytes.subarray(0, 4));
      expect(packet.subarray(5, -2)).toEqual(frame.bytes.subarray(5, -2));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(3500);
  });

  test('the tracker sees take-off, OFFBOARD and landing in order, and no packet lost', () => {
    const name = RECORDINGS.find(
      (name) => name.includes('arm-takeoff') && name.includes('fromfc'),
    )!;
    const { frames } = readAll(packetsOf(name));
    const tracker = new AutopilotTracker(frames[0]!.sysid);
    const modes: string[] = [];
    for (const frame of frames) {
      tracker.observe(frame, decode(frame), 0);
      const { mode, armed } = tracker.status(0);
      const seen = `${armed ? 'armed' : 'disarmed'} ${mode}`;
      if (mode !== undefined && seen !== modes.at(-1)) modes.push(seen);
    }
    expect(modes).toEqual([
      'disarmed AUTO_LOITER',
      'armed AUTO_TAKEOFF',
      'armed AUTO_LOITER',
      'armed OFFBOARD',
      'armed AUTO_LOITER',
      'armed AUTO_LAND',
      'disarmed AUTO_LOITER',
    ]);
    expect(tracker.status(0).linkQuality).toBe(1);
  });

  test('base_mode is rebuilt from the mode in every heartbeat of every recording', () => {
    const wrong = new Set<string>();
    let heartbeats = 0;
    for (const name of RECORDINGS.filter((name) => name.includes('fromfc'))) {
      for (const frame of readAll(packetsOf(name)).frames) {
        const message = frame.msgid === 0 && frame.compid === 1 ? decode(frame) : undefined;
        const mode = message instanceof Heartbeat ? flightModeOf(message.customMode) : undefined;
        if (!(message instanceof Heartbeat) || mode === undefined) continue;
        heartbeats += 1;
        const armed = isArmed(message.baseMode);
        const candidates = [true, false].map((offboardStream) =>
          baseModeOf(mode, { armed, offboardStream }),
        );
        if (!candidates.includes(message.baseMode)) wrong.add(`${mode} ${message.baseMode}`);
      }
    }
    expect(heartbeats).toBeGreaterThan(1000);
    expect([...wrong]).toEqual([]);
  });
});

/** NaN payload bits are not kept through a JavaScript number. */
const hasNaN = (message: MavLinkData): boolean => Object.values(message).flat().some(Number.isNaN);
