import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
    await once(up, 'exit');
    expect(up.exitCode).toBe(0);
    expect(vehicles.exitCode).toBeNull();
  });

  test('cannot be asked for what only a stand-in does', async () => {
    const runDir = join(directory, 'run');
    const cut = await runSkein('sim', 'run', ...options(runDir), '--drill', 'cut:1@5+5');
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('--drill cut')]);
    const sitl = await runSkein('sim', 'up', '--px4', 'sitl', '--run-dir', runDir);
    expect([sitl.code, sitl.stderr]).toEqual([2, expect.stringContaining('--px4-binary')]);
    expect(existsSync(runDir)).toBe(false);
  });
});
