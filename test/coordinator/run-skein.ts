import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { createOutput } from '#coordinator/output.ts';
import type { Context } from '#coordinator/commands/context.ts';

const cli = fileURLToPath(new URL('../../coordinator/cli.ts', import.meta.url));

const { FORCE_COLOR: _, ...plainEnvironment } = process.env;

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The real command in a process of its own, as a person or a script runs it. */
export const runSkein = (...args: string[]): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...plainEnvironment, NO_COLOR: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

/** A context whose output a test can read, over a station of its choice. */
export const testContext = (
  station: Context['station'],
  json = false,
): { context: Context; said: { stdout: string; stderr: string } } => {
  const said = { stdout: '', stderr: '' };
  const output = createOutput(
    json,
    (text) => (said.stdout += text),
    (text) => (said.stderr += text),
  );
  return { context: { output, station, stationSocket: '/nowhere/station.sock' }, said };
};

/** For commands that ask no station. */
export const noStation: Context['station'] = {
  call: () => Promise.reject(new Error('this command must not ask the station')),
};
