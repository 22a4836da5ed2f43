import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './log/disk.ts';

/**
 * Door: a small file that is written again and again, and of which only the newest version matters.
 * Written beside, synced and moved over, so that a kill or a power cut leaves the old one or the new
 * one; never waited for, so that a slow disk delays nobody.
 */
export class NewestFile {
  readonly #path: string;
  #waiting: Uint8Array | undefined;
  #writing = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** The newest content wins; a failing disk is reported and tried again with the next one. */
  write(content: Uint8Array, onError: (error: unknown) => void): void {
    this.#waiting = content;
    if (!this.#writing) void this.#drain(onError);
  }

  async #drain(onError: (error: unknown) => void): Promise<void> {
    this.#writing = true;
    while (this.#waiting !== undefined) {
      const content = this.#waiting;
      this.#waiting = undefined;
      try {
        await this.#replace(content);
      } catch (error) {
        onError(error);
      }
    }
    this.#writing = false;
  }

  async #replace(content: Uint8Array): Promise<void> {
    const beside = `${this.#path}.new`;
    const file = await open(beside, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(beside, this.#path);
    await syncDirectory(dirname(this.#path));
  }
}
