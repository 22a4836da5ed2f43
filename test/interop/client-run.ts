/** Vehicles and other people's clients, each in a process of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

const VENV = '.skein/interop/bin/python';
const PYTHON = process.env['SKEIN_PYTHON'] ?? (existsSync(VENV) ? VENV : 'python3');
export const LIMIT_MS = 180_000;

export const canImport = (module: string): boolean => {
  const found = spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
  if (!found) console.warn(`skipped: ${PYTHON} cannot import ${module}`);
  return found;
};

const running: ChildProcess[] = [];

/** For the end of a test file. */
export const stopAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

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
export const startVehicle = async (profile: '1.15' | '1.18'): Promise<Ports> => {
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
export const runClient = async (script: string, url: string): Promise<Map<string, Step>> => {
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
