import { existsSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';

import { Fault } from '#protocols/fault.ts';

/** Bytes gathered before they go to the disk. */
const GATHER_BYTES = 1 << 18;

/**
 * Door: a file that appears whole or not at all: written as `FILE.part`, then moved. Throws the Faults
 * `file-exists` (exit usage) unless it may be replaced, and `file-unwritable`.
 */
export class WholeFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #bytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  static async open(path: string, { replace }: { replace: boolean }): Promise<WholeFile> {
    if (!replace && existsSync(path)) {
      throw new Fault('file-exists', `${path} exists`, {
        exit: 'usage',
        data: { file: path },
        remedy: 'Name another file, or add --force.',
      });
    }
    try {
      return new WholeFile(path, await open(`${path}.part`, 'w'));
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#gatheredBytes >= GATHER_BYTES) await this.#flush();
  }

  /** Everything is there: gives the file its name. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#handle.close();
    await rename(`${this.#path}.part`, this.#path);
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#handle.close();
    await rm(`${this.#path}.part`, { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    try {
      await this.#handle.write(bytes);
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }
}

const unwritable = (path: string, cause: unknown): Fault => {
  const system = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new Fault('file-unwritable', `${path} cannot be written: ${system}`, {
    data: { file: path, system },
    remedy: 'Check the directory, its permissions and the space on the disk.',
    cause,
  });
};
