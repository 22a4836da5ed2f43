import { constants, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { Fault } from '../fault.ts';
import type { AppendFile, Disk } from './disk-port.ts';

const TEMPORARY = '.tmp';

const appendFileOver = (handle: FileHandle): AppendFile => ({
  append: async (bytes) => {
    let written = 0;
    while (written < bytes.length) {
      written += (await handle.write(bytes, written)).bytesWritten;
    }
  },
  // fdatasync carries the file's new length too; only times are left behind.
  sync: () => handle.datasync(),
  close: () => handle.close(),
});

/** A name is durable only when its directory is synced (POSIX fsync; ext4, f2fs). */
export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

const readWhole = async (path: string, maxBytes: number): Promise<Uint8Array> => {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) {
      throw new Fault(
        'log-file-oversize',
        `${path} holds ${size} bytes, more than a log's file may`,
        {
          data: { path, bytes: size, maxBytes },
        },
      );
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

/** An existing directory, for reading a log. Creates nothing; a missing directory lists as empty. */
export const openDisk = (directory: string): Disk => ({
  list: async () => {
    try {
      const names = await readdir(directory);
      return names.filter((name) => !name.endsWith(TEMPORARY)).sort();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  },
  read: (name, maxBytes) => readWhole(join(directory, name), maxBytes),
  create: async (name) => {
    const handle = await open(join(directory, name), 'ax', 0o600).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
      throw new Fault('log-file-exists', `${join(directory, name)} exists already`, {
        data: { path: join(directory, name) },
        remedy: 'See that no second recorder writes into this directory.',
        cause: error,
      });
    });
    await syncDirectory(directory);
    return appendFileOver(handle);
  },
  extend: async (name) =>
    appendFileOver(await open(join(directory, name), constants.O_WRONLY | constants.O_APPEND)),
  replace: async (name, bytes) => {
    const temporary = join(directory, `${name}${TEMPORARY}`);
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(directory, name));
    await syncDirectory(directory);
  },
});

/** Makes the directory if need be, and clears what a crash left of a replacement. */
export const makeDisk = async (directory: string): Promise<Disk> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (name.endsWith(TEMPORARY)) await rm(join(directory, name));
  }
  return openDisk(directory);
};
