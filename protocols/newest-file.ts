import { rename, writeFile } from 'node:fs/promises';

/**
 * Door: a small file that is written again and again, and of which only the newest version matters.
 * Written beside and moved over, so that a kill leaves the old one or the new one; never waited for,
 * so that a slow disk delays nobody.
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
        await writeFile(`${this.#path}.new`, content, { mode: 0o600 });
        await rename(`${this.#path}.new`, this.#path);
      } catch (error) {
        onError(error);
      }
    }
    this.#writing = false;
  }
}
