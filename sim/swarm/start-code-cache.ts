import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A drone's processes, in the order in which its supervisor starts them, and the supervisor. */
const PROGRAMS = [
  'agent/main.ts',
  'agent/recorder/main.ts',
  'agent/pilot/main.ts',
  'agent/mesh/main.ts',
  'agent/mind/main.ts',
];

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Loading all of a program's code takes a second on two busy cores; more, and the swarm starts without. */
const TIMEOUT_MS = 30_000;

/**
 * Fills an empty code cache before a swarm's first start; false when there was nothing to do. Node writes
 * the cache when a process ends: of the processes of a first swarm, all would strip and compile the same
 * files at once, each with 30 MB more for it. A program called without a configuration loads its code,
 * says what is missing, and ends.
 *
 * @param cacheDir as module.getCompileCacheDir() names it; undefined without a cache.
 */
export const fillCodeCache = async (cacheDir: string | undefined): Promise<boolean> => {
  if (cacheDir === undefined || !isEmpty(cacheDir)) return false;
  await Promise.all(PROGRAMS.map((program) => loadOnce(program, dirname(cacheDir))));
  return true;
};

const isEmpty = (directory: string): boolean => {
  try {
    return readdirSync(directory).length === 0;
  } catch {
    return true;
  }
};

/** However it ends: a program that cannot even be loaded shows soon enough when the swarm starts. */
const loadOnce = (program: string, cache: string): Promise<void> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [program], {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
      timeout: TIMEOUT_MS,
    });
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
