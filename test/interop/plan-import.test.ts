/** A plan that we write, read by MAVSDK, given by it to a stand-in, and read back by us. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EXIT } from '#protocols/fault.ts';
import { fenceItems, rallyItems } from '#protocols/mavlink/geofence.ts';
import type { MissionItem } from '#protocols/mavlink/mission-item.ts';
import type { Plan } from '#protocols/mavlink/plan-file/plan.ts';
import { planFileText } from '#protocols/mavlink/plan-file/write.ts';
import { runSkein } from '../coordinator/run-skein.ts';

const VENV = '.skein/interop/bin/python';
const PYTHON = process.env['SKEIN_PYTHON'] ?? (existsSync(VENV) ? VENV : 'python3');
const hasMavsdk = spawnSync(PYTHON, ['-c', 'import mavsdk']).status === 0;

const PORTS = { vehicle: 29_680, companion: 29_640, ground: 29_650, groundVehicle: 29_660 };

let vehicle: ChildProcess | undefined;

afterAll(() => {
  vehicle?.kill('SIGKILL');
});

const startVehicle = async (directory: string): Promise<void> => {
  const scenario = join(directory, 'scenario.json');
  const made = {
    origin: { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 },
    vehiclePort: PORTS.vehicle,
    companionPort: PORTS.companion,
    groundLink: { port: PORTS.ground, vehiclePort: PORTS.groundVehicle },
    vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
  };
  writeFileSync(scenario, JSON.stringify(made));
  const args = ['sim/vehicles/main.ts', '--scenario', scenario, '--run-dir', directory];
  vehicle = spawn(process.execPath, args);
  await once(vehicle.stdout!, 'data');
};

const item = (command: number, latDeg: number, z: number, param1 = 0): MissionItem => ({
  command,
  frame: 3,
  params: [param1, 0, 0, Number.NaN],
  x: Math.round(latDeg * 1e7),
  y: 85_456_000,
  z,
  autocontinue: true,
});

const PLAN: Plan = {
  mission: [
    item(22, 47.3977, 15),
    item(16, 47.3979, 20, 3),
    { command: 178, frame: 2, params: [1, 4, -1, 0], x: 0, y: 0, z: 0, autocontinue: true },
    item(16, 47.3981, 20.5),
    { command: 20, frame: 2, params: [0, 0, 0, 0], x: 0, y: 0, z: 0, autocontinue: true },
  ],
  fence: {
    polygons: [
      {
        inclusion: true,
        corners: [
          { latDeg: 47.39, lonDeg: 8.53 },
          { latDeg: 47.39, lonDeg: 8.56 },
          { latDeg: 47.41, lonDeg: 8.56 },
          { latDeg: 47.41, lonDeg: 8.53 },
        ],
      },
    ],
    circles: [{ inclusion: false, center: { latDeg: 47.3999, lonDeg: 8.55 }, radiusM: 12.5 }],
  },
  rally: [{ latDeg: 47.3978, lonDeg: 8.5457, altM: 25 }],
  plannedHome: { latDeg: 47.3977, lonDeg: 8.5456, altM: 488 },
  hoverSpeedMps: 5,
  cruiseSpeedMps: 15,
};

/** What MAVSDK should have made of it, but for frames: it names the INT variants. */
const plain = (items: readonly MissionItem[]) =>
  items.map(({ command, x, y, z, params }) => ({ command, x, y, z, param1: params[0] }));

test.skipIf(!hasMavsdk)(
  'MAVSDK imports our .plan file item by item, and what it uploads is what we read back',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'skein-plan-'));
    const file = join(directory, 'field.plan');
    writeFileSync(file, planFileText(PLAN));
    await startVehicle(directory);
    const url = `udpin://127.0.0.1:${PORTS.companion}`;
    const client = spawn(PYTHON, ['test/interop/mavsdk_plan.py', url, file]);
    let output = '';
    let errors = '';
    client.stdout.on('data', (text) => (output += String(text)));
    client.stderr.on('data', (text) => (errors += String(text)));
    const [code] = (await once(client, 'close')) as [number | null];
    expect({ code, errors: code === 0 ? '' : errors }).toEqual({ code: 0, errors: '' });
    const line = output.split('\n').find((one) => one.startsWith('{"mission"'))!;
    expect(JSON.parse(line)).toMatchObject({
      mission: plain(PLAN.mission),
      fence: plain(fenceItems(PLAN.fence)),
      rally: plain(rallyItems(PLAN.rally)),
    });
    const link = ['--link', `udpin://127.0.0.1:${PORTS.ground}`, '--sysid', '1'];
    const compared = await runSkein('vehicle', 'plan', 'compare', file, ...link);
    expect(compared).toMatchObject({ code: EXIT.ok, stdout: 'the same\n' });
  },
  120_000,
);
