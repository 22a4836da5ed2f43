import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { Fault } from '#protocols/fault.ts';
import type { SeedVerdict } from '../fuzz/run-fuzz-episode.ts';
import { chunkResultSchema, isResultOf, type Chunk, type ChunkResult } from './chunk.ts';
import { episodeTable } from './episode-table.ts';

const MANIFEST = 'sweep.json';
const TABLE = 'episodes.parquet';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Where a sweep keeps what was flown. A chunk's file is whole or not there, so that a sweep that ended
 * anyhow goes on where it was. Throws Fault 'sweep-unwritable' (a full disk) and 'sweep-mixed'.
 */
export class ResultsDirectory {
  readonly path: string;
  readonly #sweep: string;

  /** Makes it, or opens that of the same sweep. */
  constructor(path: string, sweep: string) {
    this.path = path;
    this.#sweep = sweep;
    this.#guarded(() => mkdirSync(join(path, 'chunks'), { recursive: true }));
    const known = this.#knownSweep();
    if (known === undefined) {
      this.#write(MANIFEST, Buffer.from(`${JSON.stringify({ sweep, skein: 1 })}\n`));
    } else if (known !== sweep) {
      throw new Fault(
        'sweep-mixed',
        `${path} holds another sweep (${known}, this one is ${sweep})`,
        {
          data: { path, known, sweep },
          remedy:
            'Results of other options or other sources do not mix. Give another directory with --out.',
          exit: 'usage',
        },
      );
    }
  }

  keep(chunk: Chunk, result: ChunkResult): void {
    this.#write(chunkName(chunk), Buffer.from(JSON.stringify(result)));
  }

  /** Undefined when it was not flown yet; a file that someone damaged counts as not flown. */
  kept(chunk: Chunk): ChunkResult | undefined {
    try {
      const text = readFileSync(join(this.path, chunkName(chunk)), 'utf8');
      const result = chunkResultSchema.parse(JSON.parse(text));
      return isResultOf(chunk, result) ? result : undefined;
    } catch {
      return undefined;
    }
  }

  /** All as one table; answers its path. */
  gather(verdicts: readonly SeedVerdict[]): string {
    this.#write(TABLE, episodeTable(verdicts));
    return join(this.path, TABLE);
  }

  #knownSweep(): string | undefined {
    const path = join(this.path, MANIFEST);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const { sweep } = JSON.parse(text) as { sweep?: unknown };
      if (typeof sweep === 'string') return sweep;
    } catch {
      // Said below, with the remedy.
    }
    throw new Fault('sweep-mixed', `${path} is not a sweep's`, {
      data: { path },
      remedy: 'Give another directory with --out.',
      exit: 'usage',
    });
  }

  /** Whole and on the disk, or not at all. */
  #write(name: string, bytes: Uint8Array): void {
    const path = join(this.path, name);
    const half = `${path}.part`;
    this.#guarded(() => {
      try {
        const file = openSync(half, 'w');
        try {
          for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(half, path);
      } catch (error) {
        rmSync(half, { force: true });
        throw error;
      }
    });
  }

  #guarded(write: () => void): void {
    try {
      write();
    } catch (cause) {
      const why = codeOf(cause) === 'ENOSPC' ? 'the disk is full' : String(cause);
      throw new Fault('sweep-unwritable', `${this.path} (sweep ${this.#sweep}): ${why}`, {
        data: { path: this.path },
        remedy:
          'Make room, or give another directory with --out. The same command then goes on: what was flown is kept.',
        exit: 'usage',
        cause,
      });
    }
  }
}

const chunkName = ({ first, last }: Chunk): string => `chunks/${first}-${last}.json`;
