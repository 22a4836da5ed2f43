import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { NewestFile } from '#protocols/newest-file.ts';
import { decodePilotMemory, type PilotMemory } from './memory.ts';

/** Door: the file by which a pilot process remembers for the next. */
export class MemoryFile {
  readonly #path: string;
  readonly #file: NewestFile;

  constructor(runDir: string) {
    this.#path = join(runDir, 'pilot-state.json');
    this.#file = new NewestFile(this.#path);
  }

  /** Null when there is none, or none that can be read. */
  read(): PilotMemory | null {
    try {
      return decodePilotMemory(readFileSync(this.#path)) ?? null;
    } catch {
      return null;
    }
  }

  /** See {@link NewestFile.write}. */
  write(memory: Uint8Array, onError: (error: unknown) => void): void {
    this.#file.write(memory, onError);
  }
}
