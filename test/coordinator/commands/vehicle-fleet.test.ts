import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '#protocols/fault.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { runSkein } from '../run-skein.ts';

/** PX4 SITL's convention, away from everybody else's: 14540 + i, 14580 + i, 18570 + i, and 14550 for all. */
const OFFSET = 18_200;
const LINK = ['--link', `udpin://127.0.0.1:${14_550 + OFFSET}`];
/** A router passes the same vehicles on from one address of its own. */
const ROUTED_PORT = 14_560 + OFFSET;

describe('several vehicles behind one UDP port', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-fleet-'));
  let vehicles: ChildProcess;

  beforeAll(async () => {
    const scenario = join(directory, 'scenario.json');
    const made = {
      seed: 3,
      origin: { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 },
      vehiclePort: 14_580 + OFFSET,
      companionPort: 14_540 + OFFSET,
      groundLink: { port: 14_550 + OFFSET, vehiclePort: 18_570 + OFFSET },
      vehicles: [1, 2, 3].map((sysid) => ({ sysid, homeNorthM: 0, homeEastM: 10 * sysid })),
    };
    writeFileSync(scenario, JSON.stringify(made));
    const args = ['sim/vehicles/main.ts', '--scenario', scenario, '--run-dir', directory];
    vehicles = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(vehicles.stdout!, 'data');
    await sleep(7000);
  }, 40_000);

  afterAll(() => {
    vehicles.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  const lines = (stdout: string): Record<string, unknown>[] =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('are listed', async () => {
    const { code, stdout } = await runSkein('vehicle', 'list', ...LINK, '--json');
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toEqual({
      vehicles: [1, 2, 3].map((sysid) => ({
        sysid,
        autopilot: 'PX4',
        mode: 'AUTO_LOITER',
        armed: false,
      })),
    });
  }, 30_000);

  it('are named to who does not say which is meant', async () => {
    const { code, stderr } = await runSkein('vehicle', 'info', ...LINK);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('several vehicles send to this port: 1, 2, 3');
    expect(stderr).toContain('--all');
  }, 30_000);

  it('answer all, each under its system id', async () => {
    const { code, stdout } = await runSkein('vehicle', 'info', ...LINK, '--all', '--json');
    expect(code).toBe(EXIT.ok);
    expect(lines(stdout).map(({ sysid, autopilot }) => [sysid, autopilot])).toEqual([
      [1, 'PX4'],
      [2, 'PX4'],
      [3, 'PX4'],
    ]);
  }, 40_000);

  it('are set and read by name, and one that is not there keeps nobody from it', async () => {
    const set = ['vehicle', 'param', 'set', 'RTL_RETURN_ALT', '41', ...LINK, '--timeout', '2'];
    const some = await runSkein(...set, '--sysid', '1,3,9', '--json');
    expect(some.code).toBe(EXIT.partial);
    expect(lines(some.stdout)).toEqual([
      expect.objectContaining({ sysid: 1, value: 41, result: 'set' }),
      expect.objectContaining({ sysid: 3, value: 41, result: 'set' }),
      expect.objectContaining({ sysid: 9, error: expect.objectContaining({ exit: EXIT.noLink }) }),
    ]);
    const get = await runSkein('vehicle', 'param', 'get', 'RTL_RETURN_ALT', ...LINK, '--all');
    expect(get.stdout.match(/vehicle \d|RTL_RETURN_ALT\s+float\s+\d+/gu)).toEqual([
      'vehicle 1',
      expect.stringMatching(/41$/u),
      'vehicle 2',
      expect.stringMatching(/(?<!41)$/u),
      'vehicle 3',
      expect.stringMatching(/41$/u),
    ]);
  }, 60_000);

  it('are all checked before a flight', async () => {
    const preflight = ['preflight', '--station', '/nowhere/station.sock', ...LINK, '--json'];
    const all = await runSkein(...preflight, '--all');
    expect(all.code).toBe(EXIT.refused);
    const { drones } = JSON.parse(all.stdout) as { drones: { sysid?: number }[] };
    expect(drones.map(({ sysid }) => sysid)).toEqual(expect.arrayContaining([1, 2, 3]));
    const two = await runSkein(...preflight, '--sysid', '2,3');
    const named = JSON.parse(two.stdout) as { drones: { sysid?: number }[] };
    expect(named.drones.flatMap(({ sysid }) => sysid ?? [])).toEqual([2, 3]);
  }, 60_000);

  it('are told apart behind a router that has one address, ArduPilot among them', async () => {
    const router = createSocket('udp4').bind(14_550 + OFFSET, '127.0.0.1');
    await once(router, 'listening');
    // From here on the router is the ground station of all three, and the command its only client.
    const vehicleOf = new Map<number, number>();
    router.on('message', (bytes, source) => {
      if (source.port >= 18_570 + OFFSET) {
        vehicleOf.set(bytes[5]!, source.port);
        router.send(bytes, ROUTED_PORT, '127.0.0.1');
      } else for (const port of vehicleOf.values()) router.send(bytes, port, '127.0.0.1');
    });
    const stop = foreignAutopilot(router, 4);
    try {
      const routed = ['--link', `udpin://127.0.0.1:${ROUTED_PORT}`];
      const list = await runSkein('vehicle', 'list', ...routed);
      expect(list.stdout).toMatch(/1\s+PX4.*\n2\s+PX4.*\n3\s+PX4.*\n4\s+ArduPilot/u);
      const get = ['vehicle', 'param', 'get', 'MAV_SYS_ID', ...routed, '--json'];
      const { stdout } = await runSkein(...get, '--sysid', '1,2');
      expect(lines(stdout)).toEqual(
        [1, 2].map((sysid) => ({
          sysid,
          parameters: [{ name: 'MAV_SYS_ID', type: 'int32', value: sysid }],
        })),
      );
    } finally {
      stop();
      router.close();
    }
  }, 60_000);
});

const foreignAutopilot = (router: Socket, sysid: number): (() => void) => {
  const encoder = new Encoder(sysid, 1);
  const heartbeat = Object.assign(new Heartbeat(), { autopilot: 3, type: 2, systemStatus: 3 });
  const timer = setInterval(
    () => router.send(encoder.encode(heartbeat), ROUTED_PORT, '127.0.0.1'),
    1000,
  );
  return () => clearInterval(timer);
};
