import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SwarmView } from '#coordinator/station/view.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import type { TruthSummary } from '#sim/truth.ts';
import { runSkein } from '../run-skein.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const MISSION = join(root, 'missions/search-irchel-corner.yaml');
const PORT_OFFSET = 5300;

let directory = '';
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-external-'));
});
afterEach(async () => {
  const running = children.splice(0).filter(({ exitCode }) => exitCode === null);
  await Promise.all(
    running.map((child) => {
      child.kill('SIGTERM');
      return once(child, 'exit');
    }),
  );
  rmSync(directory, { recursive: true, force: true });
});

const start = (...args: string[]): ChildProcess => {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return child;
};

const options = (runDir: string): string[] =>
  `--px4 external --drones 2 --mission ${MISSION} --run-dir ${runDir} --port-offset ${PORT_OFFSET} --headless --no-model`.split(
    ' ',
  );

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('vehicles that somebody else runs', () => {
  test('are attached to, seen as they truly are, and given back untouched', async () => {
    const station = ['--station', join(directory, 'station.sock')];
    const prepared = await runSkein(...station, 'sim', 'init', ...options(join(directory, 'init')));
    expect(prepared.code).toBe(0);
    // The foreign vehicles: stand-ins in a process that the command knows nothing of.
    const scenario = JSON.parse(readFileSync(join(directory, 'init', 'scenario.json'), 'utf8'));
    const foreign = join(directory, 'foreign.json');
    writeFileSync(foreign, JSON.stringify({ ...scenario, display: true }));
    mkdirSync(join(directory, 'foreign'));
    const vehicles = start(
      join(root, 'sim/vehicles/main.ts'),
      '--scenario',
      foreign,
      '--run-dir',
      join(directory, 'foreign'),
    );
    await once(vehicles.stdout!, 'data');

    const runDir = join(directory, 'run');
    const up = start(join(root, 'coordinator/cli.ts'), ...station, 'sim', 'up', ...options(runDir));
    const [said] = (await once(up.stdout!, 'data')) as [Buffer];
    expect(said.toString()).toMatch(/^2 drones stand by/u);
    const truth = (): TruthSummary =>
      JSON.parse(readFileSync(join(runDir, 'truth.json'), 'utf8')) as TruthSummary;
    await vi.waitFor(
      () => expect(truth().vehicles.map(({ modes }) => modes.length)).toEqual([1, 1]),
      {
        timeout: 10_000,
        interval: 200,
      },
    );
    const [first, second] = truth().vehicles;
    expect(second!.eastM - first!.eastM).toBeCloseTo(10, 1);
    expect(first).toMatchObject({ greatestSetpointGapMs: null, batteryRemaining: null });
    expect(existsSync(join(runDir, 'payload-2.sock'))).toBe(true);

    up.kill('SIGTERM');
    // As an impatient person does.
    setTimeout(() => up.kill('SIGINT'), 300);
    await once(up, 'exit');
    expect(up.exitCode).toBe(0);
    expect(vehicles.exitCode).toBeNull();
  });

  test('that are none are told to the operator, with what to do', async () => {
    const socket = createSocket('udp4').bind(14_580 + PORT_OFFSET, '127.0.0.1');
    await once(socket, 'listening');
    const encoder = new Encoder(1, 1);
    const heartbeat = Object.assign(new Heartbeat(), { autopilot: 3, type: 2, systemStatus: 3 });
    const beats = setInterval(
      () => socket.send(encoder.encode(heartbeat), 14_540 + PORT_OFFSET, '127.0.0.1'),
      500,
    );
    try {
      const station = ['--station', join(directory, 'station.sock')];
      const up = start(
        join(root, 'coordinator/cli.ts'),
        ...station,
        'sim',
        'up',
        ...options(join(directory, 'run')),
      );
      const told = async (): Promise<unknown[]> => {
        const { code, stdout } = await runSkein(...station, 'status', '--json');
        if (code !== 0) return [];
        const { drones } = JSON.parse(stdout) as SwarmView;
        return drones.map(({ phase, troubles }) => [
          phase,
          ...troubles.map(({ code: one }) => one),
        ]);
      };
      await expect.poll(told, { timeout: 45_000, interval: 1000 }).toEqual([
        ['boot', 'not-px4'],
        ['boot', 'link-silent'],
      ]);
      const { stdout } = await runSkein(...station, 'status');
      expect(stdout).toMatch(
        /1 \w+: error: the autopilot is not PX4: ArduPilot\n {2}→ Install PX4 1\.15/u,
      );
      expect(stdout).toMatch(
        /2 \w+: error: nothing comes from the flight controller\n {2}→ Check/u,
      );
      // Stopped while it still waits: nothing that it started may go on.
      const pid = Number(
        readFileSync(join(directory, 'run', 'drone-1', 'pids.json'), 'utf8').match(/\d+/u),
      );
      expect(isRunning(pid)).toBe(true);
      up.kill('SIGTERM');
      await once(up, 'exit');
      expect([up.exitCode, isRunning(pid)]).toEqual([130, false]);
    } finally {
      clearInterval(beats);
      socket.close();
    }
  }, 90_000);

  test('cannot be asked for what only a stand-in does', async () => {
    const runDir = join(directory, 'run');
    const cut = await runSkein('sim', 'run', ...options(runDir), '--drill', 'cut:1@5+5');
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('--drill cut')]);
    const sitl = await runSkein('sim', 'up', '--px4', 'sitl', '--run-dir', runDir);
    expect([sitl.code, sitl.stderr]).toEqual([2, expect.stringContaining('--px4-binary')]);
    expect(existsSync(runDir)).toBe(false);
  });
});
