import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EXIT } from '#protocols/fault.ts';

const cli = fileURLToPath(new URL('../../coordinator/cli.ts', import.meta.url));

/** Runs the command into a pipe whose reader has gone: [exit code, signal, standard error]. */
const intoClosedPipe = async (...args: string[]): Promise<unknown[]> => {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as unknown[];
  return [code, signal, stderr];
};

test('a command whose reader has seen enough ends quietly', async () => {
  const nothingSaid = [0, null, ''];
  expect(await intoClosedPipe('--help')).toEqual(nothingSaid);
  expect(await intoClosedPipe('vehicle', 'param', '--help')).toEqual(nothingSaid);
  const validate = ['mission', 'validate', 'missions/search-irchel.yaml', '--json'];
  expect(await intoClosedPipe(...validate)).toEqual(nothingSaid);
}, 60_000);

test('a refusal that nobody reads keeps its exit code', async () => {
  const child = spawn(process.execPath, [cli, 'mission', 'validate', 'no-such-file.yaml'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.destroy();
  expect((await once(child, 'close'))[0]).toBe(EXIT.usage);
}, 30_000);
