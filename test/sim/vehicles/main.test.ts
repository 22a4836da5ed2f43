import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { afterEach, describe, expect, it } from 'vitest';
import { decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';

const MAIN = 'sim/vehicles/main.ts';
const running: ChildProcessWithoutNullStreams[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const socket of sockets.splice(0)) socket.close();
});

/** A bound socket on a free port: the companion's, or one that is in the way. */
const freeSocket = async (): Promise<Socket> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  sockets.push(socket);
  return socket;
};

const freePort = async (): Promise<number> => {
  const socket = await freeSocket();
  const { port } = socket.address();
  sockets.splice(sockets.indexOf(socket), 1);
  socket.close();
  await once(socket, 'close');
  return port;
};

interface Run {
  runDir: string;
  child: ChildProcessWithoutNullStreams;
  output: () => string;
  errors: () => string;
}

const start = (scenario: unknown): Run => {
  const runDir = mkdtempSync(join(tmpdir(), 'skein-vehicles-'));
  const file = join(runDir, 'scenario.json');
  writeFileSync(file, typeof scenario === 'string' ? scenario : JSON.stringify(scenario));
  const child = spawn(process.execPath, [MAIN, '--scenario', file, '--run-dir', runDir]);
  running.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += String(text)));
  child.stderr.on('data', (text) => (errors += String(text)));
  return { runDir, child, output: () => output, errors: () => errors };
};

const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await sleep(50);
  expect(condition()).toBe(true);
};

const scenarioOn = (vehiclePort: number, companionPort: number): Record<string, unknown> => ({
  origin: { latDeg: 47, lonDeg: 8, altAmslM: 400 },
  vehiclePort,
  companionPort,
  vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
});

const exitCode = async (run: Run): Promise<number | null> => {
  if (run.child.exitCode !== null) return run.child.exitCode;
  const [code] = (await once(run.child, 'exit')) as [number | null];
  return code;
};

/** Scheduling policy and real-time priority of each thread (proc(5), /proc/PID/stat 41 and 40). */
const schedulingOf = (pid: number): [policy: number, priority: number][] =>
  readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [Number(fields[38]), Number(fields[37])];
  });

const SCHED_RR = 2;
const mayGoFirst = spawnSync('chrt', ['--rr', '20', 'true']).status === 0;

describe('the process of simulated vehicles', () => {
  it.runIf(mayGoFirst)('goes before the pilots, as hardware of its own would', async () => {
    const companion = await freeSocket();
    const run = start(scenarioOn(await freePort(), companion.address().port));
    await until(() => run.output().includes('"ready"'));
    for (const scheduling of schedulingOf(run.child.pid!))
      expect(scheduling).toEqual([SCHED_RR, 20]);
  });

  it('flies in real time behind sockets, obeys drills, writes the truth, ends on SIGTERM', async () => {
    const companion = await freeSocket();
    const run = start(scenarioOn(await freePort(), companion.address().port));
    const framer = new Framer();
    let heartbeats = 0;
    let datagrams = 0;
    companion.on('message', (bytes) => {
      datagrams += 1;
      framer.push(bytes);
      for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
        if (decode(frame) instanceof Heartbeat) heartbeats += 1;
      }
    });
    await until(() => run.output().includes('"ready"'));
    await until(() => heartbeats >= 2);

    const camera = connect(join(run.runDir, 'payload-1.sock'));
    let heard = '';
    let closed = false;
    camera.on('data', (text) => (heard += String(text)));
    camera.on('close', () => (closed = true));
    camera.write('{"configure":{"cellM":-1}}\n');
    await until(() => heard.includes('"error"') && heard.includes('"alive"'));

    run.child.stdin.write('nonsense\n{"cutLink":1,"forMs":100000}\n{"closePayload":1}\n');
    await until(() => closed && run.errors().includes('nonsense'));
    await sleep(100);
    const before = datagrams;
    await sleep(300);
    expect(datagrams).toBe(before);

    run.child.kill('SIGTERM');
    expect(await exitCode(run)).toBe(0);
    const truth = JSON.parse(readFileSync(join(run.runDir, 'truth.json'), 'utf8')) as {
      timeMs: number;
      vehicles: { sysid: number }[];
    };
    expect(truth.timeMs).toBeGreaterThan(1000);
    expect(truth.vehicles.map(({ sysid }) => sysid)).toEqual([1]);
  });

  it('says which port is taken, and exits with 2', async () => {
    const inTheWay = await freeSocket();
    const { port } = inTheWay.address();
    const run = start(scenarioOn(port, 1024));
    expect(await exitCode(run)).toBe(2);
    expect(run.errors()).toContain(String(port));
    expect(run.errors()).toContain('vehiclePort');
  });

  it('names file and field of a scenario that it cannot take, and exits with 2', async () => {
    const wrong = start({ ...scenarioOn(20_000, 20_100), pDetect: 2, colour: 'red' });
    expect(await exitCode(wrong)).toBe(2);
    expect(wrong.errors()).toContain('scenario.json');
    expect(wrong.errors()).toContain('pDetect');
    expect(wrong.errors()).toContain('colour');
    const broken = start('{ "seed": ');
    expect(await exitCode(broken)).toBe(2);
    expect(broken.errors()).toContain('not JSON');
  });

  it('ends on the shutdown command', async () => {
    const run = start(scenarioOn(await freePort(), 1024));
    await until(() => run.output().includes('"ready"'));
    run.child.stdin.write('{"shutdown":true}\n');
    expect(await exitCode(run)).toBe(0);
  });
});
