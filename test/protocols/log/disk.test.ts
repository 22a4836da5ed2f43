import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import type { Disk } from '#protocols/log/disk-port.ts';
import { makeDisk, openDisk } from '#protocols/log/disk.ts';
import { FlightWriter } from '#protocols/log/writer.ts';
import { verifyFlight } from '#protocols/log/verify.ts';

import { CrashingDisk } from '#sim/machine/crashing-disk.ts';
import { commitRecords, flight, readAll, timeAt } from './flights.ts';

const directories: string[] = [];
const freshDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-log-'));
  directories.push(directory);
  return directory;
};
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const disks: [string, () => Promise<Disk>][] = [
  ['the file system', () => makeDisk(join(freshDirectory(), 'flight'))],
  ['the simulated disk', async () => new CrashingDisk()],
];

describe.each(disks)('a disk: %s', (_, make) => {
  it('creates, appends, goes on at the end, replaces and lists', async () => {
    const disk = await make();
    expect(await disk.list()).toEqual([]);
    const file = await disk.create('b');
    await file.append(new Uint8Array([1, 2]));
    await file.append(new Uint8Array([3]));
    await file.sync();
    await file.close();
    const more = await disk.extend('b');
    await more.append(new Uint8Array([4]));
    await more.close();
    await disk.replace('a', new Uint8Array([9]));
    await disk.replace('a', new Uint8Array([8, 8]));
    expect(await disk.list()).toEqual(['a', 'b']);
    expect([...(await disk.read('b', 10))]).toEqual([1, 2, 3, 4]);
    expect([...(await disk.read('a', 10))]).toEqual([8, 8]);
  });

  it('creates a name once only and reads no more than it may', async () => {
    const disk = await make();
    await (await disk.create('a')).close();
    await expect(disk.create('a')).rejects.toMatchObject({ code: 'log-file-exists' });
    await disk.replace('a', new Uint8Array(11));
    await expect(disk.read('a', 10)).rejects.toMatchObject({ code: 'log-file-oversize' });
    await expect(disk.read('none', 10)).rejects.toThrow('none');
    await expect(disk.extend('none')).rejects.toThrow('none');
  });

  it('carries a whole flight', async () => {
    const disk = await make();
    const writer = await FlightWriter.open(disk, flight, timeAt(0), { segmentMs: 100 });
    for (let step = 0; step < 5; step += 1) await commitRecords(writer, 3 * step, 3 * step + 3);
    await writer.close(timeAt(1000));
    expect(await verifyFlight(disk)).toMatchObject({ status: 'verified', records: 15 });
    expect(await readAll(disk)).toHaveLength(15);
  });
});

describe('the file system', () => {
  it('keeps a log to its owner and clears what a crash left of a replacement', async () => {
    const directory = join(freshDirectory(), 'flight');
    await (await makeDisk(directory)).replace('a', new Uint8Array(1));
    expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o600);
    writeFileSync(join(directory, 'a.tmp'), 'half');
    expect(await openDisk(directory).list()).toEqual(['a']);
    await makeDisk(directory);
    expect(readdirSync(directory)).toEqual(['a']);
  });

  it('lists a directory that is not there as empty, and does not make it', async () => {
    const directory = join(freshDirectory(), 'none');
    expect(await openDisk(directory).list()).toEqual([]);
    expect(readdirSync(join(directory, '..'))).toEqual([]);
  });
});
