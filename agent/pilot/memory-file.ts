import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { NewestFile } from '#protocols/newest-file.ts';
import { decodePilotMemory, lostPilotMemory, type PilotMemory } from './memory.ts';

/** Door: the file by which a pilot process remembers for the next. */
export class MemoryFile {
  readonly #path: string;
  readonly #file: NewestFile;

  constructor(runDir: string) {
    this.#path = join(runDir, 'pilot-state.json');
    this.#file = new NewestFile(this.#path);
  }

  /** Null when there is none; one that cannot be read is a loss, not a beginning (lostPilotMemory). */
  read(onError: (error: unknown) => void): PilotMemory | null {
    if (!existsSync(this.#path)) return null;
    try {
      const memory = decodePilotMemory(readFileSync(this.#path));
      if (memory !== undefined) return memory;
      onError('pilot-state.json is damaged');
    } catch (error) {
      onError(error);
    }
    return lostPilotMemory();
  }

  /** See {@link NewestFile.write}. */
  write(memory: Uint8Array, onError: (error: unknown) => void): void {
    this.#file.write(memory, onError);
  }
}
