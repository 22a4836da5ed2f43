import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Fault } from '#protocols/fault.ts';
import type { ScenarioInput } from '../scenario.ts';
import type { DroneLayout, SwarmLayout } from './layout.ts';
import { fillCodeCache } from './start-code-cache.ts';
import { startPx4, type Px4Build } from './start-autopilots.ts';

/** Who flies the vehicles: our stand-ins, PX4 processes of ours, or PX4s that run already. */
export type Px4Source = 'stand-in' | 'external' | Px4Build;

/** The running processes of a simulated swarm. */
export interface RunningSwarm {
  /** The stand-ins' drill channel: one JSON line (sim/vehicles/main.ts). */
  drill(line: object): void;
  /** Process ids of one drone's agent by name; empty while they are being started. */
  pidsOf(sysid: number): Record<string, number>;
  vehiclesPid: number;
  /** Ends agents first, then the stand-ins, which write the last truth; resolves when all are gone. */
  stop(): Promise<void>;
}

const standInsScript = fileURLToPath(new URL('../vehicles/main.ts', import.meta.url));
const watchScript = fileURLToPath(new URL('../px4/main.ts', import.meta.url));
const agentScript = fileURLToPath(new URL('../../agent/main.ts', import.meta.url));

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 6000;

/**
 * Starts vehicles and agents. Throws the Fault 'vehicles-failed' (exit usage) when the stand-ins, or
 * what watches over real PX4s, cannot listen.
 */
export const startSwarm = async (
  layout: SwarmLayout,
  scenario: ScenarioInput,
  px4: Px4Source,
): Promise<RunningSwarm> => {
  const vehicles = await startVehicles(layout, px4 === 'stand-in' ? standInsScript : watchScript);
  await fillCodeCache(getCompileCacheDir());
  const autopilots = typeof px4 === 'string' ? [] : startPx4(px4, layout, scenario);
  const agents = layout.drones.map(startAgent);
  return {
    vehiclesPid: vehicles.pid ?? -1,
    drill: (line) => vehicles.stdin?.write(`${JSON.stringify(line)}\n`),
    pidsOf: (sysid) => readPids(layout.drones.find((drone) => drone.sysid === sysid)),
    stop: async () => {
      const orphans = layout.drones.flatMap((drone) => Object.values(readPids(drone)));
      await Promise.all(agents.map(end));
      // A killed supervisor leaves its children; they must not outlive the simulation.
      for (const pid of orphans) signal(pid, 'SIGTERM');
      await gone(orphans);
      await end(vehicles);
      await Promise.all(autopilots.map(end));
    },
  };
};

const startVehicles = (layout: SwarmLayout, script: string): Promise<ChildProcess> => {
  const child = spawn(
    process.execPath,
    [script, '--scenario', layout.scenarioFile, '--run-dir', layout.runDir],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2000);
  });
  // A broken pipe means that the stand-ins ended; their exit says so already.
  child.stdin.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(
        new Fault('vehicles-failed', `the simulated vehicles ${what}: ${said.trim()}`, {
          exit: 'usage',
          remedy: 'Stop the other simulation, or move this one with --port-offset.',
        }),
      );
    };
    const timer = setTimeout(() => fail('did not start'), READY_TIMEOUT_MS);
    child.on('exit', (code) => fail(`ended with code ${code}`));
    child.stdout.on('data', (chunk: Buffer) => {
      if (!chunk.toString('utf8').includes('"ready"')) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(child);
    });
  });
};

const startAgent = (drone: DroneLayout): ChildProcess => {
  const log = openSync(join(drone.dir, 'supervisor.log'), 'a', 0o600);
  const child = spawn(process.execPath, [agentScript, '--config', drone.configFile], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
};

const readPids = (drone: DroneLayout | undefined): Record<string, number> => {
  const path = join(drone?.dir ?? '', 'pids.json');
  if (drone === undefined || !existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  } catch {
    // Being replaced at this moment: whoever asks again gets the new one.
    return {};
  }
};

const signal = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
};

const gone = async (pids: number[]): Promise<void> => {
  for (let waitedMs = 0; waitedMs < STOP_TIMEOUT_MS; waitedMs += 50) {
    if (!pids.some((pid) => signal(pid, 0))) return;
    await sleep(50);
  }
  for (const pid of pids) signal(pid, 'SIGKILL');
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(STOP_TIMEOUT_MS)]);
  child.kill('SIGKILL');
};
