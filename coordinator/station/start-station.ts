import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Fault } from '#protocols/fault.ts';
import type { StationConfig } from '#sim/swarm/run-directory.ts';

/** A station in a process of its own. */
export interface RunningStation {
  pid: number;
  /** Address of the map page; null when it is off. */
  mapUrl: string | null;
  stop(): Promise<void>;
}

const stationScript = fileURLToPath(new URL('main.ts', import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 4000;

/** Writes a station's configuration into the run directory; for this user only. Returns its path. */
export const writeStationConfig = (config: StationConfig, runDir: string): string => {
  const file = join(runDir, 'station.json');
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
};

/** Writes the configuration beside the run and starts the station on it. Throws Fault 'station-failed'. */
export const startStation = async (
  config: StationConfig,
  runDir: string,
): Promise<RunningStation> => {
  const file = writeStationConfig(config, runDir);
  const child = spawn(process.execPath, [stationScript, '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2000);
  });
  const ready = await new Promise<{ map: string | null }>((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Fault('station-failed', `the station ${what}: ${said.trim()}`, { exit: 'usage' }));
    };
    const timer = setTimeout(() => fail('did not start'), READY_TIMEOUT_MS);
    child.on('exit', (code) => fail(`ended with code ${code}`));
    child.stdout.on('data', (chunk: Buffer) => {
      const line = chunk
        .toString('utf8')
        .split('\n')
        .find((text) => text.includes('"ready"'));
      if (line === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(JSON.parse(line) as { map: string | null });
    });
  });
  return {
    pid: child.pid ?? -1,
    mapUrl: ready.map,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
      });
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS)]);
      child.kill('SIGKILL');
    },
  };
};
