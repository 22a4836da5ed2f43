import { fileURLToPath } from 'node:url';

import { Tinypool } from 'tinypool';

import type { Chunk, ChunkResult } from './chunk.ts';

export interface FlyingPool {
  /** Rejects with 'AbortError' when `signal` says stop, or when the thread died. */
  fly(chunk: Chunk, signal?: AbortSignal): Promise<ChunkResult>;
  close(): Promise<void>;
}

/** Threads of this process that fly chunks, one each. */
export const startPool = (jobs: number): FlyingPool => {
  const pool = new Tinypool({
    filename: fileURLToPath(new URL('worker.ts', import.meta.url)),
    minThreads: jobs,
    maxThreads: jobs,
  });
  return {
    fly: (chunk, signal) =>
      pool.run(chunk, {
        name: 'flyChunk',
        ...(signal === undefined ? {} : { signal }),
      }) as Promise<ChunkResult>,
    close: () => pool.destroy(),
  };
};
