/**
 * Other people's clients fly the stand-in: pymavlink and MAVSDK. Needs a Python that has them
 * (SKEIN_PYTHON, .skein/interop/bin/python or python3); whatever is missing is skipped, and says so.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const VENV = '.skein/interop/bin/python';
const PYTHON = process.env['SKEIN_PYTHON'] ?? (existsSync(VENV) ? VENV : 'python3');
const LIMIT_MS = 180_000;

const canImport = (module: string): boolean => {
  const found = spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
  if (!found) console.warn(`skipped: ${PYTHON} cannot import ${module}`);
  return found;
};

const running: ChildProcess[] = [];

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
};

interface Ports {
  companion: number;
  ground: number;
}

/** One vehicle in a process of its own, both its links open. */
const startVehicle = async (profile: '1.15' | '1.18'): Promise<Ports> => {
  const [vehicle, companion, ground, groundVehicle] = await Promise.all(
    Array.from({ length: 4 }, freePort),
  );
  const runDir = mkdtempSync(join(tmpdir(), 'skein-interop-'));
  const scenario = {
    profile,
    origin: { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 488 },
    vehiclePort: vehicle,
    companionPort: companion,
    groundLink: { port: ground, vehiclePort: groundVehicle },
    vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
  };
  const file = join(runDir, 'scenario.json');
  writeFileSync(file, JSON.stringify(scenario));
  const child = spawn(process.execPath, [
    'sim/vehicles/main.ts',
    '--scenario',
    file,
    '--run-dir',
    runDir,
  ]);
  running.push(child);
  await once(child.stdout, 'data');
  return { companion: companion!, ground: ground! };
};

interface Step {
  step: string;
  seconds: number;
  [field: string]: unknown;
}

/** Runs a client to its end; its steps by name. Fails with its output if it fails. */
const runClient = async (script: string, url: string): Promise<Map<string, Step>> => {
  const child = spawn(PYTHON, [`test/interop/${script}`, url]);
  running.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += String(text)));
  child.stderr.on('data', (text) => (errors += String(text)));
  const [code] = (await once(child, 'exit')) as [number | null];
  expect({ code, errors: code === 0 ? '' : output + errors }).toEqual({ code: 0, errors: '' });
  const steps = output.split('\n').filter((line) => line.startsWith('{"step"'));
  return new Map(steps.map((line) => JSON.parse(line) as Step).map((step) => [step.step, step]));
};

describe.concurrent('other people’s clients', () => {
  test.skipIf(!canImport('pymavlink'))(
    'pymavlink: identity, parameters, missions, take-off and landing over the ground link',
    async () => {
      const { ground } = await startVehicle('1.18');
      const steps = await runClient('pymavlink_session.py', `udpin:127.0.0.1:${ground}`);
      expect(steps.get('heartbeat')).toMatchObject({ autopilot: 12, version: 3 });
      expect(steps.get('identity')).toMatchObject({
        results: [0, 0, 0, 0, 0, 2],
        version: '0x1120080',
      });
      expect(steps.get('parameters')).toMatchObject({ first: '_HASH_CHECK', count: 920, set: 4 });
      expect(steps.get('parameters')!.seconds).toBeLessThan(3);
      expect(steps.get('missions')).toMatchObject({ before: [0, 0, 0], ack: 0, after: 3 });
      expect(steps.get('takeoff')).toMatchObject({ results: [0, 0] });
      expect(steps.get('takeoff')!['text']).toMatch(/Takeoff detected/u);
      expect(steps.get('landed')).toMatchObject({ result: 0 });
    },
    LIMIT_MS,
  );

  test.skipIf(!canImport('mavsdk'))(
    'MAVSDK: version, parameters, telemetry, a mission, OFFBOARD and landing over the onboard link',
    async () => {
      const { companion } = await startVehicle('1.18');
      const steps = await runClient('mavsdk_flight.py', `udpin://127.0.0.1:${companion}`);
      expect(steps.get('found')).toMatchObject({ sysid: 1 });
      expect(steps.get('version')).toMatchObject({ major: 1, minor: 18 });
      expect(steps.get('parameters')).toMatchObject({ count: 920, mode1: -1 });
      expect(steps.get('set')).toMatchObject({ value: 6 });
      expect(steps.get('telemetry')!['satellites']).toBe(10);
      expect(steps.get('mission')).toMatchObject({ items: 2 });
      expect(steps.get('offboard')).toMatchObject({ active: true });
      expect(steps.get('flown')).toMatchObject({ finished: true });
      expect(steps.has('landed')).toBe(true);
    },
    LIMIT_MS,
  );
});
