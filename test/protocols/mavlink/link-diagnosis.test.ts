import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { MavLinkProtocolV1 } from 'node-mavlink';
import { describe, expect, test } from 'vitest';
import { Fault } from '#protocols/fault.ts';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { parseConnectionString } from '#protocols/mavlink/connection-string.ts';
import { companionHeartbeat } from '#protocols/mavlink/heartbeat.ts';
import { Inbox } from '#protocols/mavlink/inbox.ts';
import { LinkCensus } from '#protocols/mavlink/link-census.ts';
import { diagnoseLink, type LinkFinding } from '#protocols/mavlink/link-diagnosis.ts';
import type { Stranger } from '#protocols/mavlink/link.ts';

const SERIAL = 'serial:///dev/ttyAMA0:57600';
const UDP = 'udpin://0.0.0.0:14540?remote=127.0.0.1:14580';

interface Scene {
  link?: string;
  sysid?: number | undefined;
  bytes?: Uint8Array[];
  openMs?: number;
  linkQuality?: number;
  outage?: Fault;
  strangers?: Stranger[];
}

/** What is found after a link has carried these bytes. */
const findings = (scene: Scene): LinkFinding[] => {
  const { link = UDP, openMs = 10_000, linkQuality = 1, outage, strangers = [] } = scene;
  const sysid = 'sysid' in scene ? scene.sysid : 1;
  const inbox = new Inbox({ sysid });
  const census = new LinkCensus();
  for (const bytes of scene.bytes ?? []) inbox.append(bytes);
  for (const frame of inbox.take()) census.observe(frame, decode(frame));
  return diagnoseLink({
    address: parseConnectionString(link),
    link: { counts: inbox.counts, outage, strangers },
    census,
    sysid,
    linkQuality,
    openMs,
  });
};

const codes = (scene: Scene): string[] => findings(scene).map(({ code }) => code);

const beat = (autopilot: MavAutopilot): Heartbeat =>
  Object.assign(new Heartbeat(), { autopilot, mavlinkVersion: 3 });

const healthy = (sysid = 1, autopilot: MavAutopilot = MavAutopilot.PX4): Uint8Array[] => {
  const encoder = new Encoder(sysid, 1);
  const packets = Array.from({ length: 30 }, () => encoder.encode(new Attitude()));
  return [encoder.encode(beat(autopilot)), ...packets];
};

const noise = (count: number): Uint8Array => {
  let state = 7;
  return Uint8Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state >>> 16;
  });
};

const unknownMessage = (): Uint8Array => {
  const packet = Uint8Array.from(new Encoder(1, 1).encode(new Attitude()));
  packet[8] = 0xc3;
  packet[9] = 0x20;
  return packet;
};

describe('what is wrong with a link', () => {
  test('nothing', () => {
    expect(findings({ bytes: healthy() })).toEqual([]);
    expect(findings({ bytes: healthy(9), sysid: undefined })).toEqual([]);
  });

  test('too early to say', () => {
    expect(findings({ openMs: 2000 })).toEqual([]);
  });

  test('silent: says what to check on that kind of link', () => {
    const [serial] = findings({ link: SERIAL });
    expect(serial).toMatchObject({ code: 'link-silent', severity: 'error' });
    expect(serial?.message).toContain('/dev/ttyAMA0:57600');
    expect(serial?.remedy).toContain('TX and RX');
    const [udp] = findings({ link: UDP });
    expect(udp?.remedy).toContain('127.0.0.1:14580');
    const [open] = findings({ link: 'udpin://0.0.0.0:14540' });
    expect(open?.remedy).toContain('firewall');
    const elsewhere = { address: '10.0.0.9', port: 14_550, datagrams: 4, sysid: 1 };
    const [moved] = findings({ strangers: [elsewhere] });
    expect(moved).toMatchObject({ code: 'link-silent' });
    expect(moved?.message).toContain('10.0.0.9:14550 sends here');
  });

  test('wrong baud: bytes and not one packet, with the usual rates', () => {
    const [finding, ...more] = findings({ link: SERIAL, bytes: [noise(5000)] });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'wrong-baud', severity: 'error' });
    expect(finding?.message).toContain('5000 bytes');
    expect(finding?.message).toContain('57600');
    expect(finding?.remedy).toContain('115200, 230400, 460800, 921600');
  });

  test('something else on a UDP port', () => {
    expect(codes({ bytes: [noise(500)] })).toEqual(['not-mavlink']);
  });

  test('a MAVLink 1 peer is named, with the parameter that mends it', () => {
    const old = new MavLinkProtocolV1(1, 1);
    const bytes = Array.from({ length: 6 }, (_, at) => old.serialize(beat(MavAutopilot.PX4), at));
    const [finding] = findings({ link: SERIAL, bytes });
    expect(finding).toMatchObject({ code: 'mavlink1', severity: 'error' });
    expect(finding?.remedy).toContain('MAV_PROTO_VER');
    const mixed = findings({ bytes: [...bytes, ...healthy()] });
    expect(mixed).toMatchObject([{ code: 'mavlink1', severity: 'warning' }]);
  });

  test('an unknown dialect is named; a few unknown messages beside known ones are not', () => {
    const strange = Array.from({ length: 20 }, unknownMessage);
    expect(codes({ link: SERIAL, bytes: strange })).toEqual(['unknown-dialect']);
    expect(findings({ bytes: [...healthy(), ...strange] })).toMatchObject([
      { code: 'unknown-dialect', severity: 'warning' },
    ]);
    expect(codes({ bytes: [...healthy(), unknownMessage()] })).toEqual([]);
  });

  test('ArduPilot instead of PX4 is refused, and what is missing said', () => {
    const [finding] = findings({ bytes: healthy(1, MavAutopilot.ARDUPILOTMEGA) });
    expect(finding).toMatchObject({ code: 'not-px4', severity: 'error' });
    expect(finding?.message).toContain('ArduPilot');
    expect(finding?.message).toContain('OFFBOARD');
    expect(finding?.remedy).toContain('PX4 1.15');
    const [other] = findings({ bytes: healthy(1, MavAutopilot.AEROB) });
    expect(other?.message).toContain('kind 16');
  });

  test("another vehicle's packets, or no autopilot's at all", () => {
    const [wrong] = findings({ bytes: healthy(4) });
    expect(wrong).toMatchObject({ code: 'wrong-sysid', severity: 'error' });
    expect(wrong?.remedy).toContain('MAV_SYS_ID to 1');
    const camera = new Encoder(1, 100).encode(companionHeartbeat());
    expect(codes({ bytes: [camera, camera] })).toEqual(['no-autopilot']);
  });

  test('two autopilots with one system id on one wire', () => {
    const one = new Encoder(1, 1);
    const other = new Encoder(1, 1);
    for (let lead = 0; lead < 100; lead += 1) other.encode(new Attitude());
    const bytes = [one.encode(beat(MavAutopilot.PX4)), other.encode(beat(MavAutopilot.PX4))];
    for (let count = 0; count < 200; count += 1) {
      bytes.push(one.encode(new Attitude()), other.encode(new Attitude()));
    }
    const [finding] = findings({ link: SERIAL, bytes });
    expect(finding).toMatchObject({ code: 'same-sysid', severity: 'error' });
    expect(finding?.remedy).toContain('MAV_SYS_ID');
  });

  test('a spoofing second sender is reported by address; random noise from elsewhere is not', () => {
    const spoof = { address: '10.0.0.66', port: 4444, datagrams: 12, sysid: 1 };
    const scanner = { address: '10.0.0.7', port: 53, datagrams: 3, sysid: undefined };
    const other = { address: '10.0.0.8', port: 18_573, datagrams: 99, sysid: 4 };
    const found = findings({ bytes: healthy(), strangers: [spoof, scanner, other] });
    expect(found).toMatchObject([{ code: 'second-sender', severity: 'warning' }]);
    expect(found[0]?.message).toContain('10.0.0.66:4444');
    expect(found[0]?.message).toContain('not heard');
  });

  test('a line that damages bytes, and one that loses packets', () => {
    const damaged = healthy().flatMap((packet, index) => {
      if (index % 4 !== 1) return [packet];
      const bad = Uint8Array.from(packet);
      bad[11] = bad[11]! ^ 0x40;
      return [bad];
    });
    const [finding] = findings({ link: SERIAL, bytes: damaged });
    expect(finding).toMatchObject({ code: 'damaged-bytes', severity: 'warning' });
    expect(finding?.remedy).toContain('flow=rtscts');
    const [lossy] = findings({ bytes: healthy(), linkQuality: 0.7 });
    expect(lossy).toMatchObject({ code: 'packets-lost' });
    expect(lossy?.message).toContain('30 %');
  });

  test('a device that is gone: what the door said, and nothing else', () => {
    const outage = new Fault('serial-lost', '/dev/ttyAMA0 went away', { remedy: 'Plug it in.' });
    expect(findings({ link: SERIAL, outage, bytes: [noise(100)] })).toEqual([
      {
        code: 'link-down',
        severity: 'error',
        message: '/dev/ttyAMA0 went away',
        remedy: 'Plug it in.',
        subject: '',
      },
    ]);
  });
});
