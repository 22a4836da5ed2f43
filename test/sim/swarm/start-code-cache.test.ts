import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { fillCodeCache } from '#sim/swarm/start-code-cache.ts';

/** Runs a program under a cache and returns how many files it left there. */
const filesAfter = async (program: string, cache: string): Promise<number> => {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  await once(spawn(process.execPath, [program], { stdio: 'ignore', env }), 'exit');
  return filesIn(cache);
};

const versionsIn = (cache: string): string[] => readdirSync(cache).map((name) => join(cache, name));

const filesIn = (cache: string): number =>
  versionsIn(cache).reduce((sum, directory) => sum + readdirSync(directory).length, 0);

describe('the code cache of a first start', () => {
  it('is filled once, so that no process of any drone compiles for itself', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'skein-cache-'));
    expect(await fillCodeCache(join(cache, 'version'))).toBe(true);
    const filled = filesIn(cache);
    expect(filled).toBeGreaterThan(100);
    for (const name of ['', 'recorder/', 'pilot/', 'mesh/', 'mind/']) {
      expect(await filesAfter(`agent/${name}main.ts`, cache)).toBe(filled);
    }
    for (const directory of versionsIn(cache)) expect(await fillCodeCache(directory)).toBe(false);
  });

  it('is left alone where Node keeps none', async () => {
    expect(await fillCodeCache(undefined)).toBe(false);
  });
});
