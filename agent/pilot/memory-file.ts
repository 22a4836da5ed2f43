import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { decodePilotMemory, type PilotMemory } from './memory.ts';

/**
 * Door: the file by which a pilot process remembers for the next. Written whole and renamed, so that a
 * kill leaves the old one or the new one; never waited for, so that a slow disk delays no setpoint.
 */
export class MemoryFile {
  readonly #path: string;
  #waiting: Uint8Array | undefined;
  #writing = false;

  constructor(runDir: string) {
    this.#path = join(runDir, 'pilot-state.json');
  }

  /** Null when there is none, or none that can be read. */
  read(): PilotMemory | null {
    try {
      return decodePilotMemory(readFileSync(this.#path)) ?? null;
    } catch {
      return null;
    }
  }

  /** The newest memory wins; a failing disk is reported and tried again with the next one. */
  write(memory: Uint8Array, onError: (error: unknown) => void): void {
    this.#waiting = memory;
    if (!this.#writing) void this.#drain(onError);
  }

  async #drain(onError: (error: unknown) => void): Promise<void> {
    this.#writing = true;
    while (this.#waiting !== undefined) {
      const memory = this.#waiting;
      this.#waiting = undefined;
      try {
        await writeFile(`${this.#path}.new`, memory, { mode: 0o600 });
        await rename(`${this.#path}.new`, this.#path);
      } catch (error) {
        onError(error);
      }
    }
    this.#writing = false;
  }
}
