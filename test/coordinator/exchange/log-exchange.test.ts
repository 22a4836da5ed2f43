import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { McapStreamReader } from '@mcap/core';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodePilotInbox, encodePilotOutbox } from '#agent/pilot/inbox.ts';
import { emptyPilotStatus, encodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { makeDisk } from '#protocols/log/disk.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import { FlightWriter } from '#protocols/log/writer.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { FLIGHT_MODES } from '#protocols/mavlink/modes.ts';
import { encodeTlogRecord, TlogReader } from '#protocols/mavlink/tlog.ts';
import { seededRandom } from '#protocols/random.ts';
import { onboardTraffic } from '../../fuzz/mavlink/traffic.ts';
import { runSkein } from '../run-skein.ts';

const START_US = 1_790_000_000_000_000n;
const TICKS = 50;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-exchange-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const framesOf = (packets: readonly Uint8Array[]) => {
  const framer = new Framer();
  return packets.map((packet) => {
    framer.push(packet);
    return framer.next()!;
  });
};

/** Flies north at 2 m/s for a second, nose to the east; the mode changes half-way. */
const statusAt = (tick: number): Uint8Array => {
  const status = emptyPilotStatus();
  Object.assign(status.values, {
    phase: FLIGHT_PHASES.indexOf('offboard'),
    mode: FLIGHT_MODES.indexOf(tick < TICKS / 2 ? 'AUTO_LOITER' : 'OFFBOARD'),
    armed: 1,
    latDeg: 47,
    lonDeg: 8,
    altAmslM: 500,
    northM: 0.04 * tick,
    eastM: 3,
    downM: -20,
    velocityNorthMps: 2,
    rollRad: 0,
    pitchRad: 0,
    yawRad: Math.PI / 2,
    setpointNorthMps: 2,
    batteryRemaining: 0.8,
  });
  return encodePilotStatus(status);
};

const recordFlight = async (): Promise<Uint8Array[]> => {
  const packets = onboardTraffic(2 * TICKS, seededRandom(1));
  const info = { flight: 'flight-1', sysid: 1, bootEpoch: 1, versions: { skein: 'test' } };
  const flight = join(directory, 'flight');
  const start = { monotonicMs: 0, unixUs: START_US };
  const writer = await FlightWriter.open(await makeDisk(flight), info, start);
  for (let tick = 0; tick < TICKS; tick += 1) {
    const monotonicMs = 20 * tick;
    const logTimeUs = START_US + BigInt(monotonicMs) * 1000n;
    const heard = framesOf([packets[2 * tick]!]);
    const inbox = encodePilotInbox({ packets: heard, frames: [] });
    const sent = packets[2 * tick + 1]!;
    const outbox = encodePilotOutbox({ packets: [sent], frames: [], memory: undefined });
    const payload = encodeTickRecord({ tick, nowMs: monotonicMs, inbox, outbox });
    writer.append({ channel: 'pilot/tick', monotonicMs, logTimeUs, payload });
    writer.append({ channel: 'pilot/status', monotonicMs, logTimeUs, payload: statusAt(tick) });
  }
  await writer.commit({ monotonicMs: 20 * TICKS, unixUs: START_US + 1_000_000n });
  await writer.close({ monotonicMs: 20 * TICKS, unixUs: START_US + 1_000_000n });
  return packets;
};

interface Message {
  topic: string;
  timeUs: bigint;
  value: Record<string, unknown>;
}

/** Every message of an MCAP file, read by the library that others use. */
const messagesIn = (file: string): { messages: Message[]; schemas: string[] } => {
  const reader = new McapStreamReader({
    decompressHandlers: { zstd: (bytes) => zstdDecompressSync(bytes) },
  });
  reader.append(readFileSync(file));
  const messages: Message[] = [];
  const schemas: string[] = [];
  const topics = new Map<number, string>();
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === 'Schema') schemas.push(record.name);
    if (record.type === 'Channel') topics.set(record.id, record.topic);
    if (record.type !== 'Message') continue;
    const value = JSON.parse(new TextDecoder().decode(record.data)) as Message['value'];
    messages.push({ topic: topics.get(record.channelId)!, timeUs: record.logTime / 1000n, value });
  }
  expect(reader.done()).toBe(true);
  return { messages, schemas };
};

describe('a flight for the tools of others', () => {
  test('is a telemetry log of every packet, both ways, in order', async () => {
    const packets = await recordFlight();
    const tlog = join(directory, 'flight.tlog');
    const ran = await runSkein(
      'log',
      'export',
      join(directory, 'flight'),
      '--tlog',
      tlog,
      '--json',
    );
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual({ file: tlog, fromVehicle: TICKS, toVehicle: TICKS });
    const reader = new TlogReader();
    reader.push(readFileSync(tlog));
    for (const [index, packet] of packets.entries()) {
      const unixUs = START_US + BigInt(Math.floor(index / 2)) * 20_000n;
      expect(reader.next()).toEqual({ unixUs, packet });
    }
    expect(reader.next()).toBeUndefined();
  });

  test('is an MCAP that Foxglove understands', async () => {
    await recordFlight();
    const mcap = join(directory, 'flight.mcap');
    const ran = await runSkein('log', 'export', join(directory, 'flight'), '--mcap', mcap);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const { messages, schemas } = messagesIn(mcap);
    expect(schemas).toEqual(
      expect.arrayContaining(['foxglove.LocationFix', 'foxglove.PoseInFrame']),
    );
    const on = (topic: string): Message[] => messages.filter((one) => one.topic === topic);
    expect(on('/vehicle/mode').map(({ value }) => value['mode'])).toEqual([
      'AUTO_LOITER',
      'OFFBOARD',
    ]);
    expect(on('/vehicle/state')).toHaveLength(TICKS);
    const last = on('/vehicle/pose').at(-1)!;
    expect(last.timeUs).toBe(START_US + 980_000n);
    // East of north turns into x, height into z, and a nose to the east into no rotation at all.
    const pose = last.value['pose'] as Record<string, Record<string, number>>;
    expect(pose['position']).toEqual({ x: 3, y: expect.closeTo(1.96), z: 20 });
    expect(pose['orientation']!['w']).toBeCloseTo(1);
  });

  test('is refused without a form, and replaces no file unasked', async () => {
    await recordFlight();
    const flight = join(directory, 'flight');
    const formless = await runSkein('log', 'export', flight);
    expect([formless.code, formless.stderr]).toEqual([2, expect.stringContaining('--tlog')]);
    const tlog = join(directory, 'mine.tlog');
    writeFileSync(tlog, 'precious');
    const clash = await runSkein('log', 'export', flight, '--tlog', tlog);
    expect([clash.code, clash.stderr]).toEqual([2, expect.stringContaining('--force')]);
    expect(readFileSync(tlog, 'utf8')).toBe('precious');
    expect(existsSync(`${tlog}.part`)).toBe(false);
  });
});

describe('logs of others', () => {
  test('a telemetry log comes in, damage and strangers left out and told', async () => {
    const packets = onboardTraffic(400, seededRandom(2));
    const records = packets.map((packet, index) =>
      encodeTlogRecord({ unixUs: START_US + BigInt(index) * 10_000n, packet }),
    );
    const tlog = join(directory, 'theirs.tlog');
    writeFileSync(
      tlog,
      Buffer.concat([...records.slice(0, 100), Buffer.from('noise'), ...records.slice(100)]),
    );
    const mcap = join(directory, 'theirs.mcap');
    const ran = await runSkein('log', 'import', tlog, '--mcap', mcap, '--sysid', '1');
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('5 bytes damaged')]);
    const { messages } = messagesIn(mcap);
    expect(messages.filter(({ topic }) => topic === '/vehicle/state').length).toBeGreaterThan(10);
    const stranger = await runSkein('log', 'import', tlog, '--mcap', join(directory, 'x.mcap'));
    expect([stranger.code, stranger.stderr]).toEqual([2, expect.stringContaining('no PX4')]);
  });

  test.each([
    ['a file that is not there', 'none.ulg', undefined],
    ['a file that is no log', 'bad.ulg', 'this is no log'],
    ['an ending that nobody knows', 'flight.bin', 'x'],
  ])('%s is said plainly, and nothing is left behind', async (_, name, content) => {
    const file = join(directory, name);
    if (content !== undefined) writeFileSync(file, content);
    const ran = await runSkein('log', 'import', file, '--mcap', join(directory, 'out.mcap'));
    expect(ran.code).toBeGreaterThan(0);
    expect(ran.stderr).toContain(name);
    expect(ran.stderr).not.toContain('    at ');
    expect(readdirSync(directory).filter((one) => one.startsWith('out'))).toEqual([]);
  });

  const ulogs = fileURLToPath(new URL('../../../../shared/px4-traces/ulg/', import.meta.url));
  test.skipIf(!existsSync(ulogs))("PX4's own log comes in with its setpoints", async () => {
    const mcap = join(directory, 'px4.mcap');
    const file = join(ulogs, 'v1.18beta-random-vel-nowind.ulg.gz');
    const ran = await runSkein('log', 'import', file, '--mcap', mcap);
    expect(ran.code).toBe(0);
    const { messages } = messagesIn(mcap);
    const states = messages.filter(({ topic }) => topic === '/vehicle/state');
    expect(states.length).toBeGreaterThan(5000);
    const speeds = states.map(({ value }) => Math.abs(Number(value['velocityNorthMps'])));
    expect(Math.max(...speeds)).toBeGreaterThan(4);
    expect(messages.some(({ topic }) => topic === '/vehicle/setpoint')).toBe(true);
    const times = messages.map(({ timeUs }) => timeUs);
    expect(times.every((time, index) => index === 0 || time >= times[index - 1]!)).toBe(true);
  });
});
