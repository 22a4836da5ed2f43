import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { encodeFrame } from '#protocols/channel/frame.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { connectChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { openDisk } from '#protocols/log/disk.ts';
import { decodeLogHead, type LogHead } from '#protocols/log/log-head.ts';
import { RecordSender } from '#protocols/log/sender.ts';
import { verifyFlight } from '#protocols/log/verify.ts';

import { flight, readAll } from '../../protocols/log/flights.ts';

const program = join(import.meta.dirname, '../../../agent/recorder/main.ts');

let directory: string;
let children: ChildProcess[];
let peers: ChannelPeer[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-recorder-'));
  children = [];
  peers = [];
});

afterEach(() => {
  for (const peer of peers) peer.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

interface Started {
  child: ChildProcess;
  /** Lines it wrote to stderr so far. */
  events: { event: string; code?: string }[];
  exit: Promise<number | null>;
}

const start = (info: object = flight, cache?: string): Started => {
  const options = ['--run-dir', directory, '--log-dir', join(directory, 'flight')];
  const child = spawn(process.execPath, [program, ...options, '--flight', JSON.stringify(info)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
  });
  children.push(child);
  const started: Started = {
    child,
    events: [],
    exit: once(child, 'exit').then(([code]) => code as number | null),
  };
  child.stderr!.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) started.events.push(JSON.parse(line));
  });
  return started;
};

const ready = (started: Started): Promise<void> =>
  vi.waitFor(
    () => expect(started.events).toContainEqual(expect.objectContaining({ event: 'ready' })),
    {
      timeout: 10_000,
      interval: 20,
    },
  );

/** A process of the drone that records: one byte a record. */
const member = (): { record(byte: number): void; acknowledged: number[]; heads: LogHead[] } => {
  const acknowledged: number[] = [];
  const heads: LogHead[] = [];
  const sender = new RecordSender({
    senderStartMs: 1000 + peers.length,
    send: (bytes) => peer.send(MESSAGE_TYPE.records, bytes),
  });
  const peer = connectChannel(join(directory, 'recorder.sock'), {
    onConnect: () => sender.reconnected(),
    onFrame: ({ type, payload }) => {
      if (type === MESSAGE_TYPE.recordsAcknowledged) {
        sender.acknowledge(payload);
        acknowledged.push(new DataView(payload.buffer, payload.byteOffset).getUint32(0, true));
      } else if (type === MESSAGE_TYPE.logHead) heads.push(decodeLogHead(payload)!);
    },
  });
  peers.push(peer);
  return {
    record: (byte) => {
      sender.add('pilot/tick', byte, 1n, new Uint8Array([byte]));
      sender.flush();
    },
    acknowledged,
    heads,
  };
};

const disk = () => openDisk(join(directory, 'flight'));
const written = async (): Promise<number[]> =>
  (await readAll(disk())).map((record) => record.payload[0]!);
const reaches = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 10_000, interval: 20 });

describe('the recorder as a process', () => {
  it('records for several processes, tells the heads, and ends its flight on SIGTERM', async () => {
    const recorder = start();
    await ready(recorder);
    const [pilot, mesh] = [member(), member()];
    for (let byte = 0; byte < 20; byte += 1) pilot.record(byte);
    mesh.record(100);
    await reaches(() => expect(pilot.acknowledged.at(-1)).toBe(20));
    await reaches(() => expect(mesh.acknowledged).toContain(1));
    expect(mesh.heads).toMatchObject([{ link: 0 }]);
    recorder.child.kill('SIGTERM');
    expect(await recorder.exit).toBe(0);
    await reaches(() => expect(mesh.heads.at(-1)?.link).toBe(2));
    const head = mesh.heads.at(-1)!;
    const signed = { sysid: flight.sysid, bootEpoch: flight.bootEpoch, ...head };
    expect(await verifyFlight(disk(), [signed])).toMatchObject({
      status: 'verified',
      records: 21,
      headsOnChain: 1,
    });
    expect((await written()).toSorted((a, b) => a - b)).toEqual([...Array(20).keys(), 100]);
  });

  it('killed at once in mid-flight and started again, keeps every record', async () => {
    const first = start();
    await ready(first);
    const pilot = member();
    for (let byte = 0; byte < 10; byte += 1) pilot.record(byte);
    await reaches(() => expect(pilot.acknowledged.at(-1)).toBe(10));
    first.child.kill('SIGKILL');
    await first.exit;
    for (let byte = 10; byte < 20; byte += 1) pilot.record(byte);
    expect(await verifyFlight(disk())).toMatchObject({ status: 'truncated', records: 10 });

    const second = start();
    await ready(second);
    expect(second.events[0]).toMatchObject({ event: 'mended', file: '000001.mcap' });
    pilot.record(20);
    await reaches(() => expect(pilot.acknowledged.at(-1)).toBe(21));
    second.child.kill('SIGTERM');
    expect(await second.exit).toBe(0);
    expect(await verifyFlight(disk())).toMatchObject({
      status: 'verified',
      records: 21,
      mended: [{ file: '000001.mcap' }],
    });
    expect(await written()).toEqual([...Array(21).keys()]);
  });

  it('switched off at once, finds its compiled code at the next start', async () => {
    const cache = join(directory, 'code');
    const files = (): string[] => readdirSync(cache, { recursive: true }).map(String).sort();
    const first = start(flight, cache);
    await ready(first);
    first.child.kill('SIGKILL');
    await first.exit;
    const kept = files();
    expect(kept.length).toBeGreaterThan(20);
    const second = start(flight, cache);
    await ready(second);
    second.child.kill('SIGTERM');
    await second.exit;
    expect(files()).toEqual(kept);
  });

  it('keeps its directory to itself', async () => {
    const first = start();
    await ready(first);
    const second = start();
    expect(await second.exit).toBe(3);
    expect(second.events).toMatchObject([{ event: 'failed', code: 'recorder-running' }]);
    const pilot = member();
    pilot.record(1);
    await reaches(() => expect(pilot.acknowledged).toContain(1));
  });

  it('drops a peer that sends nonsense and goes on for the others', async () => {
    const recorder = start();
    await ready(recorder);
    const stranger = connect(join(directory, 'recorder.sock')).resume();
    stranger.write(encodeFrame(MESSAGE_TYPE.records, new Uint8Array(13)));
    await once(stranger, 'close');
    const flood = connect(join(directory, 'recorder.sock')).resume();
    flood.on('error', () => {});
    flood.write(new Uint8Array(5).fill(255));
    await once(flood, 'close');
    const pilot = member();
    pilot.record(1);
    await reaches(() => expect(pilot.acknowledged).toContain(1));
    expect(recorder.events).toContainEqual(
      expect.objectContaining({ event: 'refused', code: 'log-batch-malformed' }),
    );
  });

  it('says what it lacks when it is started wrongly, and makes nothing', async () => {
    const recorder = start({ ...flight, sysid: 0 });
    expect(await recorder.exit).toBe(2);
    expect(recorder.events).toMatchObject([{ event: 'failed', code: 'recorder-usage' }]);
    expect(readdirSync(directory)).toEqual([]);
  });
});
