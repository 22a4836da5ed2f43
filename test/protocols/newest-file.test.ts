import type { PathLike } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NewestFile } from '#protocols/newest-file.ts';

/** What was asked of the disk, in order: a power cut may come between any two. */
const steps = vi.hoisted((): string[] => []);

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  const nameOf = (path: PathLike): string => String(path).split('/').at(-1)!;
  return {
    ...real,
    open: async (path: PathLike, ...rest: [string, number]) => {
      const handle = await real.open(path, ...rest);
      for (const sync of ['sync', 'datasync'] as const) {
        const asked = handle[sync].bind(handle);
        handle[sync] = () => {
          steps.push(`sync ${nameOf(path)}`);
          return asked();
        };
      }
      return handle;
    },
    rename: (from: PathLike, to: PathLike) => {
      steps.push(`rename ${nameOf(from)} ${nameOf(to)}`);
      return real.rename(from, to);
    },
  };
});

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-newest-'));
  steps.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a file of which the newest version matters', () => {
  test('is on the disk before it takes the place of the old one, and its name as well', async () => {
    const path = join(directory, 'state');
    new NewestFile(path).write(Buffer.from('one'), (error) => expect.unreachable(String(error)));
    const folder = directory.split('/').at(-1)!;
    await vi.waitFor(() =>
      expect(steps).toEqual(['sync state.new', 'rename state.new state', `sync ${folder}`]),
    );
    expect(readFileSync(path, 'utf8')).toBe('one');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('that cannot be written is reported, and tried again with the next one', async () => {
    const missing = new NewestFile(join(directory, 'none', 'state'));
    const errors: unknown[] = [];
    missing.write(Buffer.from('one'), (error) => errors.push(error));
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    missing.write(Buffer.from('two'), (error) => errors.push(error));
    await vi.waitFor(() => expect(errors).toHaveLength(2));
  });
});
